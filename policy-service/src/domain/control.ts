/** What a stop covers: everything, or one action, connector, requester or token. */
export type ControlTarget =
  { kind: 'all' } | { kind: 'action' | 'connector' | 'requester' | 'token'; id: string };

/** A stop that a person or a token put on executions (kill switch); lifted ones are kept. */
export interface Control {
  id: string;
  target: ControlTarget;
  /** Why, in the words of whoever stopped it. */
  reason: string;
  at: string;
  /** Actor as the log names it. */
  by: string;
  liftedAt?: string;
  liftedBy?: string;
  liftReason?: string;
}
