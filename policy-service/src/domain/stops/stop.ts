import { isSamePerson } from '../identity/identity-check';
import type { Person } from '../identity/identity';
import { sentence } from '../sentence';

/** What a stop covers: everything, or one action, connector, requester or token. */
export type ControlTarget =
  { kind: 'all' } | { kind: 'action' | 'connector' | 'requester' | 'token'; id: string };

export type ControlKind = ControlTarget['kind'];

/**
 * From the broadest to the narrowest. Of several stops that apply, the broadest is the one that is
 * told: as long as it lasts, lifting another changes nothing.
 */
export const CONTROL_KINDS = ['all', 'connector', 'action', 'token', 'requester'] as const;

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

/** What a stop is compared with. */
export interface Stoppable {
  /** Undefined or null where no action was recognised. */
  action?: string | null;
  connectorId?: string;
  /** A claim: see the note on requesters in {@link stoppedBy}. */
  requestedBy: string;
  tokenId: string;
}

/**
 * The active stop that applies, if any.
 *
 * - An action is stopped by its exact id. Undoing it is an action of its own, `<action>.undo`, so
 *   that what went wrong can be taken back while nothing new is begun; everything, its connector,
 *   its token and its requester stop an undo like any other action.
 * - A requester is stopped under every name of theirs, in whatever spelling. The name is a claim
 *   of the caller: whoever may claim another name is stopped by the token.
 * @param people the people table: who has which aliases
 */
export function stoppedBy(
  controls: readonly Control[],
  subject: Stoppable,
  people: readonly Person[],
): Control | undefined {
  const applying = controls.filter(
    (control) => control.liftedAt === undefined && applies(control.target, subject, people),
  );
  return applying.sort(broadestFirst)[0];
}

/** Order of stops for people: the broadest first, then the oldest. */
export function broadestFirst(a: Control, b: Control): number {
  const rank = ({ target }: Control): number => CONTROL_KINDS.indexOf(target.kind);
  return rank(a) - rank(b) || (a.at < b.at ? -1 : 1);
}

function applies(target: ControlTarget, subject: Stoppable, people: readonly Person[]): boolean {
  switch (target.kind) {
    case 'all':
      return true;
    case 'action':
      return subject.action === target.id;
    case 'connector':
      return subject.connectorId === target.id;
    case 'token':
      return subject.tokenId === target.id;
    case 'requester':
      return isSamePerson(subject.requestedBy, target.id, people);
  }
}

/** Whether two stops would cover the same. */
export function sameTarget(a: ControlTarget, b: ControlTarget, people: readonly Person[]): boolean {
  if (a.kind === 'all' || b.kind === 'all') return a.kind === b.kind;
  if (a.kind !== b.kind) return false;
  return a.kind === 'requester' ? isSamePerson(a.id, b.id, people) : a.id === b.id;
}

/** `everything`, `the action vendor_payment.create`. */
export function targetInWords(target: ControlTarget): string {
  return target.kind === 'all' ? 'everything' : `the ${target.kind} ${target.id}`;
}

/** `Execution is stopped: <reason>.` */
export function stopSentence({ reason }: Pick<Control, 'reason'>): string {
  return `Execution is stopped: ${sentence(reason)}`;
}
