import { targetInWords, type Control } from '../../domain/stops/stop';
import type { MayOperate, StopChoices, Viewer } from '../deps';
import { Card, Empty, Paging, Pill, When } from '../parts/basics';
import { Layout } from '../parts/layout';
import { PageNotices } from '../parts/notices';
import { LiftForm, StopForm, type StopDraft } from '../parts/stop-forms';
import { visible } from '../words';

interface ControlsProps {
  viewer: Viewer;
  now: Date;
  may: MayOperate;
  active: Control[];
  lifted: Control[];
  paging: { first?: string; next?: string };
  choices: StopChoices;
  /** What was typed into a form that was refused, and why it was. */
  draft?: StopDraft;
  problem?: string;
}

function targetTitle(control: Control): string {
  const words = visible(targetInWords(control.target));
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function StopRow(props: { control: Control; now: Date; lift?: Viewer }) {
  const { control, now } = props;
  return (
    <li class="row">
      <div class="row-main">
        <h3>{targetTitle(control)}</h3>
        <p>{visible(control.reason)}</p>
        <p class="small muted">
          Stopped by {visible(control.by)}, <When at={control.at} now={now} />
        </p>
        {control.liftedAt !== undefined && (
          <p class="small muted">
            Lifted by {visible(control.liftedBy ?? '')}, <When at={control.liftedAt} now={now} />
            {control.liftReason !== undefined && `: ${visible(control.liftReason)}`}
          </p>
        )}
        {props.lift !== undefined && <LiftForm viewer={props.lift} control={control} />}
      </div>
      <div class="row-side">
        {control.liftedAt === undefined ? (
          <Pill text="Stopped" tone="bad" />
        ) : (
          <Pill text="Lifted" tone="quiet" />
        )}
        <p class="small">
          <code class="hash muted">{visible(control.id)}</code>
        </p>
      </div>
    </li>
  );
}

/** The kill switch: what is stopped, the forms for operators, and what was lifted. */
export function ControlsPage(props: ControlsProps) {
  return (
    <PageNotices.Consumer>
      {(notices) => <Controls {...props} damaged={notices?.logProblem !== undefined} />}
    </PageNotices.Consumer>
  );
}

/** @param props.damaged the audit log is, so that nothing can be stopped or lifted, nor is it executed */
function Controls(props: ControlsProps & { damaged: boolean }) {
  const { viewer, now, active, damaged } = props;
  const may: MayOperate = damaged
    ? {
        allowed: false,
        why: 'The audit log is damaged, so no stop can be recorded, and nothing is begun either.',
      }
    : props.may;
  return (
    <Layout title="Controls" viewer={viewer} current="controls">
      <h1>Controls</h1>
      <p class="meta">
        <span>
          {damaged
            ? 'While the audit log is damaged, nothing is begun, decided or approved, stopped or not.'
            : 'A stop holds back every execution that has not begun, approved ones too. Deciding and approving go on; what is being written at this moment is finished.'}
        </span>{' '}
        <a class="jump" href="#stop">
          Stop execution
        </a>
      </p>
      {props.problem !== undefined && (
        <p class="warning" role="alert" id="problem">
          {visible(props.problem)}
        </p>
      )}
      <div class="columns">
        <section>
          <h2 class="first">Stopped now</h2>
          {active.length === 0 ? (
            <Empty title="Nothing is stopped">No stop holds anything back.</Empty>
          ) : (
            <ul class="rows" aria-label="Active stops">
              {active.map((control) => (
                <StopRow control={control} now={now} lift={may.allowed ? viewer : undefined} />
              ))}
            </ul>
          )}
        </section>
        <aside>
          <Card title="Stop execution" id="stop">
            {may.allowed ? (
              <StopForm viewer={viewer} choices={props.choices} draft={props.draft} />
            ) : (
              <p class="notice">You cannot stop or lift anything here. {visible(may.why)}</p>
            )}
          </Card>
        </aside>
      </div>
      <section>
        <h2>Lifted</h2>
        {props.lifted.length === 0 && props.paging.next === undefined ? (
          <Empty title="No stop was lifted yet">Every stop stays listed here after its lift.</Empty>
        ) : (
          <ul class="rows" aria-label="Lifted stops">
            {props.lifted.map((control) => (
              <StopRow control={control} now={now} />
            ))}
          </ul>
        )}
        <Paging {...props.paging} />
      </section>
    </Layout>
  );
}
