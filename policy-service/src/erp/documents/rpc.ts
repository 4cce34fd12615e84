import type { AttemptOutcome } from '../../domain/request/execution';
import type { Json, JsonObject } from '../../domain/request/request';

/** What one remote call proved. */
export type RpcAnswer =
  | { outcome: 'done'; value: Json }
  | { outcome: Exclude<AttemptOutcome, 'done'>; message: string; retryAfterMs?: number };

/** One remote procedure call, in the words of the ERP. */
export interface RpcCall {
  /** For example `account.payment`. */
  model: string;
  method: string;
  /** Named or positional arguments. */
  params: JsonObject | Json[];
  /** What is recorded in place of the arguments, where their members have no names to redact by. */
  recorded?: JsonObject;
  /** A call that writes gets a connection of its own and is never repeated after it was sent. */
  writes: boolean;
}

export interface RpcOptions {
  timeoutMs: number;
  traceId?: string;
  signal?: AbortSignal;
}

/** Signs in by itself. Never throws for what an ERP does. */
export interface RpcClient {
  /** Address without credentials, for records. */
  readonly address: string;
  call(call: RpcCall, options: RpcOptions): Promise<RpcAnswer>;
  /** Whether the ERP answers this login. */
  ping(timeoutMs: number): Promise<boolean>;
}
