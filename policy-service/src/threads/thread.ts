import type { Channel } from './channel';

/** What a thread says: that it is ready, then to each message its answer or why there is none. */
export type ThreadAnswer = 'ready' | { answer: unknown } | { error: unknown };

/** The thread did not answer in its time and was ended. */
export class Overrun extends Error {}

/** The thread ended by itself: it had used up its memory, or is broken. */
export class ThreadEnded extends Error {}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/**
 * A thread or process that answers one message at a time, each within a time. It keeps no process alive, and
 * whatever runs in it keeps nobody else waiting: one that overruns is ended, with what it knew.
 */
export class Thread {
  private readonly ready: Promise<unknown>;
  private waiting: Waiting | undefined;
  /** Why it answers no more. */
  private over: Error | undefined;

  /** @param channel to a module that calls answerMessages */
  constructor(private readonly channel: Channel) {
    channel.onEnd((why) => this.finish(new ThreadEnded(why)));
    channel.onMessage((message) => {
      const said = message as ThreadAnswer;
      const asked = this.waiting;
      this.waiting = undefined;
      if (said === 'ready') asked?.resolve(undefined);
      else if ('answer' in said) asked?.resolve(said.answer);
      else asked?.reject(said.error);
    });
    this.ready = this.expect();
    // Whoever asks first is told; until then nobody waits.
    this.ready.catch(() => undefined);
  }

  get alive(): boolean {
    return this.over === undefined;
  }

  /**
   * Asks, and waits for the answer. The time begins when the thread is ready.
   * @throws Overrun, ThreadEnded, and what the thread threw
   */
  async ask<T>(message: unknown, limitMs: number): Promise<T> {
    await this.ready;
    const answer = this.expect();
    const timer = setTimeout(() => {
      // An answer that is there already was in time: only this thread was late to read it.
      setImmediate(() => {
        if (this.waiting) void this.end(new Overrun(`No answer came within ${limitMs} ms.`));
      });
    }, limitMs);
    this.channel.post(message);
    try {
      return (await answer) as T;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the thread; what it works on is refused. */
  async end(why: Error = new ThreadEnded('The thread was ended.')): Promise<void> {
    this.finish(why);
    await this.channel.end();
  }

  private expect(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.over) reject(this.over);
      else this.waiting = { resolve, reject };
    });
  }

  private finish(why: Error): void {
    this.over ??= why;
    this.waiting?.reject(this.over);
    this.waiting = undefined;
  }
}
