import type { BoundFacts, FactChange } from '../../domain/approval/bound-facts';
import type { Decision, LimitUse, Reason } from '../../domain/request/decision';
import type { FactRecord } from '../../domain/request/facts';
import type { Json, JsonObject } from '../../domain/request/request';
import { limitNumber } from '../argument-words';
import { EFFECT_LABELS } from '../labels';
import { duration, label, visible } from '../words';
import { Pill, RecordFields, valueText, When } from './basics';

/** Why a decision is what it is, each reason with its rule. */
export function Reasons({ reasons }: { reasons: Reason[] }) {
  if (reasons.length === 0) return <p class="muted">No rule matched.</p>;
  return (
    <ul class="reasons">
      {reasons.map((reason) => (
        <li>
          {visible(reason.message)} <code class="small muted">{visible(reason.ruleId)}</code>
          {reason.changes !== undefined && <Changes changes={reason.changes} />}
        </li>
      ))}
    </ul>
  );
}

/** Bound facts, as they were approved and as they are now, side by side. */
function Changes({ changes }: { changes: FactChange[] }) {
  const cell = (value: Json | undefined) =>
    value === undefined ? (
      <span class="muted">not there</span>
    ) : (
      <span class="value strong">{valueText(value)}</span>
    );
  return (
    <div class="table-wrap">
      <table class="changes">
        <thead>
          <tr>
            <th scope="col">Record</th>
            <th scope="col">Approved as</th>
            <th scope="col">Is now</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ fact, approved, now }) => (
            <tr>
              <th scope="row">
                <code>{visible(fact)}</code>
              </th>
              <td>{cell(approved)}</td>
              <td>{cell(now)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/**
 * Records as the ERP told them, with the age of what is shown.
 * @param props.bound what of them an approval binds; absent where nobody is asked to approve
 */
export function Facts(props: { facts: Record<string, FactRecord>; now: Date; bound?: BoundFacts }) {
  const { facts, now, bound } = props;
  const entries = Object.entries(facts);
  if (entries.length === 0) return <p class="muted">No records of the ERP are part of it.</p>;
  return (
    <ul class="records">
      {entries.map(([name, fact]) => (
        <li>
          <p class="record-title">{label(name)}</p>
          <RecordFields value={fact.value} bound={bound && (bound[name] ?? {})} />
          <p class="small muted">
            Read from {visible(fact.connectorId)} <When at={fact.fetchedAt} now={now} />
          </p>
        </li>
      ))}
    </ul>
  );
}

/** How much of each limit is used, this request included. */
export function Limits({ limits, args }: { limits: LimitUse[]; args: JsonObject }) {
  return (
    <ul class="limits">
      {limits.map((limit) => {
        const words = (value: string) => limitNumber(value, limit.unit, args);
        return (
          <li>
            <p>
              <span class="strong">{label(limit.limitId)}</span>{' '}
              {limit.exceeded ? (
                <Pill text="Exceeded" tone="attention" />
              ) : (
                <Pill text="Within" tone="good" />
              )}
            </p>
            <p class="small">
              {words(limit.used)} used in {duration(limit.windowMs)} + {words(limit.amount)} of this
              request; at most {words(limit.max)}{' '}
              <span class="muted">for {visible(limit.key.join(', '))}</span>
            </p>
          </li>
        );
      })}
    </ul>
  );
}

/** The decision of the rules, without the facts it saw. */
export function DecisionSummary({ decision, now }: { decision: Decision; now: Date }) {
  return (
    <>
      <p>
        <Pill {...EFFECT_LABELS[decision.effect]} /> <When at={decision.at} now={now} />
      </p>
      <Reasons reasons={decision.reasons} />
      {decision.shadow.length > 0 && (
        <>
          <h3>Rules on trial (without effect)</h3>
          <ul class="reasons">
            {decision.shadow.map((rule) => (
              <li>
                {EFFECT_LABELS[rule.effect].text}: {visible(rule.message)}{' '}
                <code class="small muted">{visible(rule.ruleId)}</code>
                {rule.flips !== undefined && (
                  <p class="small">
                    Enforced, the decision would have been: {EFFECT_LABELS[rule.flips].text}
                  </p>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
