import type { ShadowFlip, ShadowRule } from '../../../application/what-if/shadow-report';
import type { ShadowPage } from '../../../application/what-if/shadow-page';
import type { Viewer } from '../../deps';
import { Card, Empty, Paging, Pill } from '../../parts/basics';
import { Change, FlipTable, moneyInWords } from '../../parts/flips';
import { Layout } from '../../parts/layout';
import { PeriodFields, WhatIfHead } from '../../parts/what-if-tabs';
import { grouped, moment, visible } from '../../words';

interface ShadowProps {
  viewer: Viewer;
  from: string;
  to: string;
  report?: ShadowPage;
  paging: { first?: string; next?: string };
  problem?: string;
  /** What people call an action. */
  titleOf: (action: string) => string;
}

function RuleCard({ rule, decisions }: { rule: ShadowRule; decisions: number }) {
  return (
    <Card title={visible(rule.ruleId)}>
      <p>
        {rule.onTrial ? (
          <Pill text="On trial" tone="waiting" />
        ) : (
          <Pill text="No longer on trial" tone="quiet" />
        )}{' '}
        {rule.message !== undefined && visible(rule.message)}
      </p>
      <p>
        Matched <span class="strong">{grouped(String(rule.matched))}</span> of{' '}
        {grouped(String(decisions))} decisions, and would have changed{' '}
        <span class="strong">{grouped(String(rule.flipped))}</span>.
      </p>
      {rule.flips.length > 0 && <FlipTable flips={rule.flips} decisions={decisions} />}
    </Card>
  );
}

function FlipRow({ flip, title }: { flip: ShadowFlip; title: string }) {
  return (
    <li class="row">
      <div class="row-main">
        <h3>
          <a href={`/requests/${encodeURIComponent(flip.requestId)}`}>
            {visible(title)}
            {flip.money !== undefined && `, ${moneyInWords(flip.money)}`}
          </a>
        </h3>
        <p>
          <Change from={flip.from} to={flip.to} />
        </p>
        <p class="small muted">
          <code>{visible(flip.action)}</code> · requested by {visible(flip.requestedBy)} · decided{' '}
          {moment(flip.at)}
        </p>
      </div>
      <div class="row-side">
        <code class="small muted">{visible(flip.ruleId)}</code>
      </div>
    </li>
  );
}

/** What the rules in mode log_only would have done. */
export function ShadowPageView(props: ShadowProps) {
  const { report } = props;
  return (
    <Layout title="What if: rules on trial" viewer={props.viewer} current="policies">
      <WhatIfHead
        tab="shadow"
        lead="Rules on trial (mode log_only) change nothing. This is what they would have done."
      />
      <form method="get" action="/policies/what-if/shadow" class="filter">
        <PeriodFields from={props.from} to={props.to} />
        <button type="submit" class="primary">
          Show
        </button>
      </form>
      {props.problem !== undefined && (
        <p class="warning" role="alert">
          {visible(props.problem)}
        </p>
      )}
      {report !== undefined &&
        (report.rules.length === 0 ? (
          <Empty title="No rule is on trial">
            Give a rule mode: log_only, and activate the policy: its part in every decision is
            recorded from then on.
          </Empty>
        ) : (
          report.rules.map((rule) => <RuleCard rule={rule} decisions={report.decisions} />)
        ))}
      {report !== undefined && report.items.length > 0 && (
        <>
          <h2>Decisions that would have come out otherwise</h2>
          <ul class="rows" aria-label="Decisions that would have come out otherwise">
            {report.items.map((flip) => (
              <FlipRow flip={flip} title={props.titleOf(flip.action)} />
            ))}
          </ul>
          <Paging {...props.paging} />
        </>
      )}
    </Layout>
  );
}
