import type { Simulation } from '../../application/what-if/simulate';
import type { Effect, Obligations } from '../../domain/request/decision';
import type { ExplainedRule } from '../../domain/decision/explain';
import { OUTCOME_LABELS } from '../labels';
import { plain } from '../argument-words';
import { duration, spaced, visible } from '../words';
import { Card, Pill } from './basics';
import { Facts, Limits, Reasons } from './decision';

/** What people would have to do before it is executed. */
function Asked({ obligations }: { obligations: Obligations }) {
  const { stages, expiresInSeconds, comment, evidence } = obligations;
  return (
    <>
      <h3>What people would have to do</h3>
      <ol class="reasons">
        {stages.map(({ role, count }) => (
          <li>
            {count === 1 ? 'One person' : `${count} people`} with the role{' '}
            <span class="strong">{spaced(role)}</span> approves
          </li>
        ))}
      </ol>
      <p class="small">
        Within {duration(expiresInSeconds * 1000)}
        {comment === 'required' && ', with a comment'}
        {evidence.length > 0 && `, naming ${evidence.map(spaced).join(', ')}`}.
      </p>
    </>
  );
}

/** The answer in one box: effect, reasons, and what would be asked of people. */
export function Answer({ simulation }: { simulation: Simulation }) {
  const { decision, errors } = simulation;
  return (
    <Card title="Answer" id="answer">
      <p class="verdict">
        <Pill {...OUTCOME_LABELS[simulation.effect]} />{' '}
        {simulation.effect === 'invalid' && 'It does not get as far as a decision.'}
      </p>
      {errors.length > 0 && (
        <ul class="reasons">
          {errors.map(({ pointer, message }) => (
            <li>
              {visible(message)} <code class="small muted">{visible(pointer)}</code>
            </li>
          ))}
        </ul>
      )}
      {decision !== undefined && <Reasons reasons={decision.reasons} />}
      {decision?.obligations !== undefined && <Asked obligations={decision.obligations} />}
      {decision !== undefined && decision.limits.length > 0 && (
        <>
          <h3>Limits</h3>
          <Limits limits={decision.limits} args={simulation.arguments} />
        </>
      )}
    </Card>
  );
}

const RESULT = {
  matched: { text: 'Matches', tone: 'waiting' },
  not_matched: { text: 'Does not match', tone: 'quiet' },
  error: { text: 'Cannot be evaluated', tone: 'bad' },
} as const;
const ORDER: ExplainedRule['result'][] = ['error', 'matched', 'not_matched'];
const WOULD: Record<Effect, string> = {
  allow: 'would allow',
  recommend: 'would only recommend',
  require_approval: 'would ask for approval',
  block: 'would block',
};

/** What a rule does, or would do where it matches. */
function effectInWords({ result, effect, mode }: ExplainedRule): string {
  if (result === 'error') return mode === 'log_only' ? 'on trial: would block' : 'blocks';
  if (mode === 'log_only') return `on trial: ${WOULD[effect]}`;
  return result === 'matched' ? OUTCOME_LABELS[effect].text : WOULD[effect];
}

function RuleRow({ rule }: { rule: ExplainedRule }) {
  const values = Object.entries(rule.values);
  return (
    <li class="row">
      <div class="row-main">
        <h3>
          <code>{visible(rule.ruleId)}</code>
        </h3>
        <p>{visible(rule.why)}</p>
        {values.length > 0 && (
          <ul class="fields">
            {values.map(([path, value]) => (
              <li>
                <span class="muted">{visible(path)}</span>{' '}
                <span class="value">{value === null ? 'missing' : plain(value)}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
      <div class="row-side">
        <Pill {...RESULT[rule.result]} />
        {(rule.result !== 'not_matched' || isWritten(rule)) && (
          <p class="small muted">{effectInWords(rule)}</p>
        )}
      </div>
    </li>
  );
}

/** Whether somebody wrote it in the rules; stages and checks are there by themselves. */
function isWritten({ kind }: ExplainedRule): boolean {
  return kind === 'rule' || kind === 'limit';
}

/** Every rule, limit and check with what it made of the request; those that had a say come first. */
export function RulesInDetail({ rules }: { rules: ExplainedRule[] }) {
  const sorted = [...rules].sort(
    (a, b) =>
      ORDER.indexOf(a.result) - ORDER.indexOf(b.result) ||
      Number(isWritten(b)) - Number(isWritten(a)),
  );
  return (
    <>
      <h2>Every rule, and why</h2>
      <ul class="rows" aria-label="Every rule, and why">
        {sorted.map((rule) => (
          <RuleRow rule={rule} />
        ))}
      </ul>
    </>
  );
}

/** The records that the rules saw, and whether they were looked up. */
export function RecordsSeen({ simulation, now }: { simulation: Simulation; now: Date }) {
  const { decision, facts } = simulation;
  if (decision === undefined || Object.keys(decision.facts).length === 0) return null;
  const given = Object.keys(facts).filter((name) => facts[name] === 'given');
  return (
    <Card title="Records that the rules saw">
      {given.length > 0 && (
        <p class="notice">
          {given.map(spaced).join(', ')}: as you wrote it, not as the system has it.
        </p>
      )}
      <Facts facts={decision.facts} now={now} />
    </Card>
  );
}
