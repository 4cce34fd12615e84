import { timingSafeEqual } from 'node:crypto';
import { sha256Hex } from '../../../domain/canonical-json';
import { AppError } from '../../../domain/errors';
import type { Execution, Permit, PermitReport } from '../../../domain/request/execution';
import type { JsonObject } from '../../../domain/request/request';
import { isOver } from '../../../domain/service-time';
import { assertMayUse } from '../../change/caller';
import type { Draft } from '../../change/draft';
import { permitExpired } from './permit-expired';

/** What the holder of a permit says about the write. */
export interface OutcomeReport {
  permit: string;
  outcome: PermitReport['outcome'];
  erpReference?: string;
  result?: JsonObject;
  message?: string;
}

const STATUS = { executed: 'executed', failed: 'failed', unknown: 'outcome_unknown' } as const;

/**
 * Closes a permit with what its holder reports, once. A report after the permit expired is evidence
 * for a person: the outcome stays unknown.
 * @throws AppError `not_executable` without a permit, `permit_invalid`, `illegal_transition` when it was reported
 */
export function reportOutcome(draft: Draft, report: OutcomeReport): void {
  assertMayUse(draft.caller, draft.request.intent?.action);
  const { execution } = draft.request;
  const permit = execution?.permit;
  if (!execution || !permit) {
    throw new AppError(
      'not_executable',
      'No permit was given for this request. Ask for one first.',
      {
        state: draft.request.state,
        reasons: [{ ruleId: 'no-permit', message: 'No permit was given.' }],
      },
    );
  }
  assertSecret(permit, report.permit);
  if (permit.report) {
    throw new AppError(
      'illegal_transition',
      'The outcome of this permit was reported already. A person can correct it while it is unknown.',
      { state: draft.request.state },
    );
  }
  const at = draft.now.toISOString();
  const term = { from: execution.startedAt, until: permit.expiresAt };
  const late = isOver(term, draft.now) || draft.request.state !== 'executing';
  const { outcome, erpReference, message } = report;
  const told: PermitReport = { outcome, erpReference, message, at, late };
  const reported: Execution = { ...execution, permit: { ...permit, report: told } };
  if (late) return recordLate(draft, reported, report);
  const status = STATUS[outcome];
  draft.move(
    'settle',
    status,
    {
      execution: {
        ...reported,
        status,
        ...(erpReference === undefined ? {} : { erpReference }),
        ...(report.result === undefined ? {} : { result: report.result }),
        message,
        ...(status === 'outcome_unknown' ? {} : { knownBy: 'report' as const }),
        leaseUntil: draft.lived.toISOString(),
        finishedAt: at,
      },
      needsPerson: status === 'outcome_unknown',
    },
    { type: `request.${status}`, moment: 'write_back', data: dataOf(permit, report) },
  );
}

function recordLate(draft: Draft, execution: Execution, report: OutcomeReport): void {
  draft.request = { ...draft.request, execution, updatedAt: draft.now.toISOString() };
  permitExpired(draft, execution);
  draft.record({
    type: 'request.late_report',
    data: execution.permit ? dataOf(execution.permit, report) : {},
  });
}

function dataOf(permit: Permit, { permit: _, ...report }: OutcomeReport): Record<string, unknown> {
  return { permitId: permit.id, reported: report };
}

/** @throws AppError `permit_invalid` */
function assertSecret(permit: Permit, given: string): void {
  const right = timingSafeEqual(Buffer.from(sha256Hex(given)), Buffer.from(permit.secretHash));
  if (!right) {
    throw new AppError('permit_invalid', 'This is not the permit that was given for the request.');
  }
}
