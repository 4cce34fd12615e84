/**
 * What is recorded of one event. `data` holds everything that a reader needs to judge it later.
 * The three moments stay apart: what the AI recommended, what a person confirmed, what was written.
 */
export interface EntryBody {
  /** `<thing>.<what happened>`, for example `request.decided`. */
  type: string;
  at: string;
  requestId?: string;
  traceId?: string;
  actor: { kind: 'token' | 'person' | 'service' | 'cli'; id: string };
  moment?: 'recommendation' | 'confirmation' | 'write_back';
  data: Record<string, unknown>;
}

/** An entry in the log: its canonical bytes are what is hashed. */
export interface LogEntry extends EntryBody {
  formatVersion: 1;
  /** Starts at 0 and has no gaps. */
  sequence: number;
}

export interface StoredEntry {
  /** Where it stands in the log, whatever its bytes say. */
  sequence: number;
  entry: LogEntry;
  /** RFC 8785 bytes of `entry`, exactly as hashed. */
  canonical: string;
  /** Hex SHA-256(0x00 || canonical). */
  leafHash: string;
}
