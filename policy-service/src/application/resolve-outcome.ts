import { AppError } from '../domain/errors';
import type { Person } from '../domain/identity';
import { assertCommand } from '../domain/states';
import type { Draft } from './draft';

/** What a person found out in the ERP about an outcome that was unknown. */
export interface Finding {
  happened: boolean;
  /** Where it can be seen: a document number, a statement, who was asked. */
  evidence: string;
  /** Number under which the ERP holds it, where it happened. */
  erpReference?: string;
}

/** The role that repairs what needs a person. */
const OPERATOR = 'operator';

/** @throws AppError `insufficient_scope` */
export function assertOperator(person: Person): void {
  if (!person.roles.includes(OPERATOR)) {
    throw new AppError(
      'insufficient_scope',
      `This needs the role ${OPERATOR}, which you do not hold.`,
    );
  }
}

/**
 * Ends an unknown outcome by a person's word. It is recorded as theirs: what they found, where,
 * and under which name.
 * @throws AppError `insufficient_scope`, `illegal_transition`, also while somebody calls the ERP for it
 */
export function resolveOutcome(draft: Draft, person: Person, finding: Finding): void {
  assertOperator(person);
  assertCommand(draft.request.state, 'resolve');
  const { execution } = draft.request;
  if (!execution) throw new Error('an unknown outcome has an execution');
  if (execution.leaseUntil > draft.now.toISOString()) {
    throw new AppError(
      'illegal_transition',
      'It is being looked into right now. Wait for the outcome, or try again in a minute.',
      { state: draft.request.state },
    );
  }
  const { happened, evidence, erpReference } = finding;
  draft.move(
    'resolve',
    happened ? 'executed' : 'failed',
    {
      needsPerson: false,
      deadline: undefined,
      execution: {
        ...execution,
        status: happened ? 'executed' : 'failed',
        ...(erpReference ? { erpReference } : {}),
        message: happened ? undefined : `${person.name} found that it did not happen.`,
        finishedAt: draft.now.toISOString(),
      },
    },
    {
      type: 'request.resolved',
      moment: 'confirmation',
      data: {
        happened,
        evidence,
        erpReference,
        person: { email: person.email, name: person.name },
      },
    },
  );
}
