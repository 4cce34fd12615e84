import type {
  AttemptOutcome,
  Execution,
  ExecutionStatus,
  ExecutionStep,
  StepStatus,
} from '../../domain/request/execution';
import { WEAKER_GUARANTEE } from '../../application/execution/permits/weaker-guarantee';
import type { Tone } from '../labels';
import { label, visible } from '../words';
import { Item, JsonDetails, Pill, When } from './basics';

const STATUS: Record<ExecutionStatus, { text: string; tone: Tone }> = {
  executing: { text: 'Being carried out', tone: 'waiting' },
  executed: { text: 'Executed', tone: 'good' },
  failed: { text: 'Failed', tone: 'bad' },
  outcome_unknown: { text: 'Outcome unknown', tone: 'attention' },
  compensating: { text: 'Being undone', tone: 'waiting' },
  compensated: { text: 'Undone', tone: 'quiet' },
  compensation_failed: { text: 'Undoing failed', tone: 'bad' },
};

const OUTCOME: Record<AttemptOutcome, { text: string; tone: Tone }> = {
  done: { text: 'Done', tone: 'good' },
  caller_error: { text: 'Not taken up by the ERP', tone: 'bad' },
  refused: { text: 'Refused by the ERP', tone: 'bad' },
  transient: { text: 'Nothing written', tone: 'quiet' },
  unknown: { text: 'Outcome unknown', tone: 'attention' },
};

const STEP: Record<StepStatus, Tone> = {
  pending: 'quiet',
  started: 'waiting',
  done: 'good',
  failed: 'bad',
  unknown: 'attention',
};

function Steps({ steps }: { steps: ExecutionStep[] }) {
  return (
    <ol class="steps">
      {steps.map((step) => (
        <li>
          {visible(step.name)} <Pill text={label(step.status)} tone={STEP[step.status]} />{' '}
          {step.erpReference !== undefined && <code>{visible(step.erpReference)}</code>}
          {step.evidence !== undefined && (
            <span class="small muted"> {visible(step.evidence)}</span>
          )}
        </li>
      ))}
    </ol>
  );
}

/** The one write: its steps, and every call that was made for it. */
export function ExecutionDetails({ execution, now }: { execution: Execution; now: Date }) {
  return (
    <>
      <p>
        <Pill {...STATUS[execution.status]} />
      </p>
      {execution.message !== undefined && <p>{visible(execution.message)}</p>}
      {execution.permit !== undefined && <p class="notice">{WEAKER_GUARANTEE}</p>}
      <dl class="facts">
        {execution.erpReference !== undefined && (
          <Item term="Id in the ERP">
            <code>{visible(execution.erpReference)}</code>
          </Item>
        )}
        <Item term="Started">
          <When at={execution.startedAt} now={now} />
        </Item>
        {execution.finishedAt !== undefined && (
          <Item term="Finished">
            <When at={execution.finishedAt} now={now} />
          </Item>
        )}
        <Item term={execution.permit ? 'Key given with the permit' : 'Key of the write'}>
          <code class="hash">{visible(execution.idempotencyKey)}</code>
        </Item>
      </dl>
      <h3>Steps</h3>
      <Steps steps={execution.steps} />
      {execution.undo !== undefined && (
        <>
          <h3>Steps that take back what was done</h3>
          <Steps steps={execution.undo} />
        </>
      )}
      <h3>Attempts</h3>
      {execution.attempts.length === 0 && <p class="muted">No call of the service is recorded.</p>}
      <ol class="attempts">
        {execution.attempts.map((attempt) => (
          <li>
            <p>
              <span class="strong">
                {visible(attempt.step)}, call {attempt.number}
              </span>{' '}
              <Pill {...OUTCOME[attempt.outcome]} />
            </p>
            <p class="small">
              <When at={attempt.startedAt} now={now} />, took {attempt.durationMs} ms
            </p>
            {attempt.message !== undefined && <p class="small">{visible(attempt.message)}</p>}
            <JsonDetails title="Request" value={attempt.request} />
            {attempt.response !== undefined && (
              <JsonDetails title="Answer" value={attempt.response} />
            )}
          </li>
        ))}
      </ol>
      {execution.result !== undefined && <JsonDetails title="Result" value={execution.result} />}
    </>
  );
}
