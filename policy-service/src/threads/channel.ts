/** The line to a thread or a process of ours; it keeps nothing alive. */
export interface Channel {
  post(message: unknown): void;
  onMessage(hear: (message: unknown) => void): void;
  /** Told why, at the latest when it has ended. */
  onEnd(hear: (why: string) => void): void;
  end(): Promise<void>;
}
