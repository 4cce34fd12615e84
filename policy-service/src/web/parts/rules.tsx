import type { ComponentChildren } from 'preact';
import type { LimitRule, Rule, RuleMode, Tier, TierRule } from '../../domain/decision/rule';
import { approvalInWords, limitInWords, listed, RULE_EFFECTS } from '../rule-words';
import { grouped, visible } from '../words';
import { Pill } from './basics';

interface Titles {
  /** What people call an action. */
  titleOf: (action: string) => string;
}

function Entry(props: {
  title: string;
  id: string;
  actions: string[];
  mode: RuleMode;
  effect?: Rule['effect'];
  titleOf: Titles['titleOf'];
  children?: ComponentChildren;
}) {
  const all = props.actions.includes('*');
  return (
    <li class="row rule" id={`rule-${encodeURIComponent(props.id)}`}>
      <div class="row-main">
        <h3>{visible(props.title)}</h3>
        {props.children}
        <p class="small muted">
          <code>{visible(props.id)}</code> ·{' '}
          {all ? 'every action' : visible(listed(props.actions.map(props.titleOf)))}
        </p>
      </div>
      <div class="row-side">
        {props.effect !== undefined && <Pill {...RULE_EFFECTS[props.effect]} />}{' '}
        {props.mode === 'log_only' && <Pill text="On trial" tone="attention" />}
      </div>
    </li>
  );
}

function Approval({ by }: { by: string }) {
  return (
    <p class="small">
      <span class="muted">Who approves:</span> {by}
    </p>
  );
}

function Condition({ when }: { when: string }) {
  return (
    <pre class="wrapped condition" tabIndex={0}>
      {visible(when.trim())}
    </pre>
  );
}

/** A rule as its author wrote it, in the order in which people ask: what, when, who. */
export function RuleEntry({ rule, titleOf }: { rule: Rule } & Titles) {
  return (
    <Entry {...rule} title={rule.message} titleOf={titleOf}>
      <Condition when={rule.when} />
      {rule.approval !== undefined && <Approval by={approvalInWords(rule.approval)} />}
    </Entry>
  );
}

function tierInWords({ upTo, approval }: Tier, first: boolean): string {
  const amount = upTo === undefined ? (first ? 'Any amount' : 'Above') : `Up to ${grouped(upTo)}`;
  return `${amount}: ${approval === 'none' ? 'no approval' : approvalInWords(approval)}`;
}

/** Who approves which amount. */
export function TierEntry({ rule, titleOf }: { rule: TierRule } & Titles) {
  const { otherwise } = rule;
  return (
    <Entry {...rule} title={rule.message} titleOf={titleOf}>
      {rule.amounts.map(({ currencies, tiers }) => (
        <div class="tiers">
          <p class="small muted">{visible(currencies.join(', '))}</p>
          <ul>
            {tiers.map((tier, index) => (
              <li>{tierInWords(tier, index === 0)}</li>
            ))}
          </ul>
        </div>
      ))}
      {otherwise !== undefined && (
        <p class="small">
          <span class="muted">Other currencies:</span> {approvalInWords(otherwise)}
        </p>
      )}
    </Entry>
  );
}

/** A limit over a sliding window. */
export function LimitEntry({ limit, titleOf }: { limit: LimitRule } & Titles) {
  return (
    <Entry {...limit} title={limit.message} titleOf={titleOf}>
      <p>{limitInWords(limit)}</p>
      {limit.when !== undefined && <Condition when={limit.when} />}
      {limit.approval !== undefined && <Approval by={approvalInWords(limit.approval)} />}
    </Entry>
  );
}
