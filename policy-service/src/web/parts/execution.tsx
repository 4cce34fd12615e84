import type { AttemptOutcome, Execution, ExecutionStatus } from '../../domain/execution';
import type { Tone } from '../labels';
import { label, visible } from '../words';
import { Item, JsonDetails, Pill, When } from './basics';

const STATUS: Record<ExecutionStatus, { text: string; tone: Tone }> = {
  executing: { text: 'Being carried out', tone: 'waiting' },
  executed: { text: 'Executed', tone: 'good' },
  failed: { text: 'Failed, nothing written', tone: 'bad' },
  outcome_unknown: { text: 'Outcome unknown', tone: 'attention' },
};

const OUTCOME: Record<AttemptOutcome, { text: string; tone: Tone }> = {
  done: { text: 'Done', tone: 'good' },
  caller_error: { text: 'Our request was wrong', tone: 'bad' },
  refused: { text: 'Refused by the ERP', tone: 'bad' },
  transient: { text: 'Nothing written', tone: 'quiet' },
  unknown: { text: 'Outcome unknown', tone: 'attention' },
};

const STEP: Record<Execution['steps'][number]['status'], Tone> = {
  pending: 'quiet',
  done: 'good',
  failed: 'bad',
  unknown: 'attention',
};

/** The one write: its steps, and every call that was made for it. */
export function ExecutionDetails({ execution, now }: { execution: Execution; now: Date }) {
  return (
    <>
      <p>
        <Pill {...STATUS[execution.status]} />
      </p>
      {execution.message !== undefined && <p>{visible(execution.message)}</p>}
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
        <Item term="Key that the ERP sees">
          <code class="hash">{visible(execution.idempotencyKey)}</code>
        </Item>
      </dl>
      <h3>Steps</h3>
      <ol class="steps">
        {execution.steps.map((step) => (
          <li>
            {visible(step.name)} <Pill text={label(step.status)} tone={STEP[step.status]} />
          </li>
        ))}
      </ol>
      <h3>Attempts</h3>
      {execution.attempts.length === 0 && <p class="muted">No call has been made yet.</p>}
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
