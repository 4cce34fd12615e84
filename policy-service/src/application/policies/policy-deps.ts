import type { EntryBody } from '../../audit/entry';
import type { Deps } from '../change/deps';
import type { SentBundles } from './sent-bundles';

/** Policies need no ERP, so the command line manages them beside a running service. */
export type PolicyDeps = Pick<Deps, 'store' | 'clock' | 'log'> & {
  sentBundles: Pick<SentBundles, 'check'>;
};

/** Who stores or activates, as the log names them. */
export interface PolicyActor {
  actor: EntryBody['actor'];
  /** Shown as "by" in lists; for the command line it is a claim of whoever runs it. */
  name: string;
  traceId?: string;
}

/** Whose turn it is, as SentBundles counts. */
export function turnOfActor({ actor }: PolicyActor): string {
  return `${actor.kind} ${actor.id}`;
}

/** The service itself, for what nobody asked for. */
export const SERVICE_ACTOR: PolicyActor = {
  actor: { kind: 'service', id: 'service' },
  name: 'service',
};
