import type { ChangedRequest } from '../../../application/what-if/replay';
import type { ReplayPage } from '../../../application/what-if/replay-page';
import type { Viewer } from '../../deps';
import { REQUEST_LABELS } from '../../labels';
import { Card, Empty, Paging } from '../../parts/basics';
import { Change, Figure, FlipTable, moneyInWords } from '../../parts/flips';
import { Layout } from '../../parts/layout';
import { PolicyField } from '../../parts/policy-field';
import { PeriodFields, WhatIfHead } from '../../parts/what-if-tabs';
import type { PolicyChoice } from '../../what-if-deps';
import { grouped, moment, visible } from '../../words';

interface ReplayProps {
  viewer: Viewer;
  policies: PolicyChoice[];
  /** Chosen version. */
  version: string;
  from: string;
  to: string;
  /** Absent until a replay was asked for. */
  report?: ReplayPage;
  paging: { first?: string; next?: string };
  problem?: string;
  /** What people call an action. */
  titleOf: (action: string) => string;
}

function ChangedRow({ changed, title }: { changed: ChangedRequest; title: string }) {
  const before = changed.before.map(({ ruleId }) => ruleId);
  const news = changed.after.filter(({ ruleId }) => !before.includes(ruleId));
  return (
    <li class="row">
      <div class="row-main">
        <h3>
          <a href={`/requests/${encodeURIComponent(changed.requestId)}`}>
            {visible(title)}
            {changed.money !== undefined && `, ${moneyInWords(changed.money)}`}
          </a>
        </h3>
        <p>
          <Change from={changed.from} to={changed.to} />
        </p>
        <ul class="reasons small">
          {(news.length > 0 ? news : changed.after).map((reason) => (
            <li>
              {visible(reason.message)} <code class="muted">{visible(reason.ruleId)}</code>
            </li>
          ))}
        </ul>
        <p class="small muted">
          <code>{visible(changed.action)}</code> · requested by {visible(changed.requestedBy)} ·
          decided {moment(changed.at)}
        </p>
      </div>
      <div class="row-side">
        <p class="small muted">Stands today as</p>
        <p class="small strong">{REQUEST_LABELS[changed.state].text}</p>
      </div>
    </li>
  );
}

function Untold({ report }: { report: ReplayPage }) {
  if (report.notReplayable.length === 0) return null;
  return (
    <Card title="What cannot be told">
      <ul class="reasons">
        {report.notReplayable.map(({ why, count, requestIds }) => (
          <li>
            <span class="strong">{grouped(String(count))}</span> {visible(why)}{' '}
            <span class="small">
              For example{' '}
              {requestIds.slice(0, 3).map((id, index) => (
                <>
                  {index > 0 && ', '}
                  <a href={`/requests/${encodeURIComponent(id)}`}>
                    <code>{visible(id)}</code>
                  </a>
                </>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Report({ report, paging, titleOf }: ReplayProps & { report: ReplayPage }) {
  const untold = report.notReplayable.reduce((sum, { count }) => sum + count, 0);
  if (report.decisions === 0) {
    return <Empty title="Nothing was decided in this period">Choose other days.</Empty>;
  }
  return (
    <>
      <dl class="figures">
        <Figure value={report.decisions} text="decisions read" />
        <Figure value={report.changed} text="would change" />
        <Figure value={report.unchanged} text="stay as they were" />
        {untold > 0 && <Figure value={untold} text="cannot be told" />}
      </dl>
      {!report.complete && (
        <p class="warning">
          The replay ended at its maximum, with the decision of {moment(report.reached ?? '')}.
          Choose a shorter period, or use the command line.
        </p>
      )}
      {report.recountedLimits.length > 0 && (
        <p class="notice">
          {visible(report.recountedLimits.join(', '))} was not counted at that time, so it was
          counted anew from the first day: at first it looks emptier than it would have been.
        </p>
      )}
      {report.changed === 0 ? (
        <Empty title="None of them would change">
          Every decision that can be replayed comes out as it did.
        </Empty>
      ) : (
        <>
          <Card title="What would change">
            <FlipTable flips={report.flips} decisions={report.decisions} />
          </Card>
          <h2>Requests</h2>
          <ul class="rows" aria-label="Requests that would be decided otherwise">
            {report.items.map((changed) => (
              <ChangedRow changed={changed} title={titleOf(changed.action)} />
            ))}
          </ul>
          <Paging {...paging} />
        </>
      )}
      <Untold report={report} />
    </>
  );
}

/** A stored policy held against the decisions of a period. */
export function ReplayPageView(props: ReplayProps) {
  return (
    <Layout title="What if: replay" viewer={props.viewer} current="policies">
      <WhatIfHead
        tab="replay"
        lead="Let a policy decide again on what was decided, with the records, the clock and the limits of that time. No decision is changed; the log keeps that you asked."
      />
      <form method="get" action="/policies/what-if/replay" class="filter">
        <PolicyField policies={props.policies} version={props.version} />
        <PeriodFields from={props.from} to={props.to} />
        <button type="submit" class="primary" name="run" value="1">
          Replay
        </button>
      </form>
      {props.problem !== undefined && (
        <p class="warning" role="alert">
          {visible(props.problem)}
        </p>
      )}
      {props.report !== undefined && <Report {...props} report={props.report} />}
    </Layout>
  );
}
