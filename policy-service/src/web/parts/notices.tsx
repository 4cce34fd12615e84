import { createContext, type ComponentChildren } from 'preact';
import { broadestFirst, targetInWords, type Control } from '../../domain/stops/stop';
import type { Viewer } from '../deps';
import { relative, visible } from '../words';

/** What every page tells above its content; read once for each page, before it is rendered. */
export interface Notices {
  /** Stops that hold now. */
  stops: Control[];
  /** Why no valid policy is active: then everything is blocked. */
  policyProblem?: string;
  /** What is damaged in the log: then the service only reads. */
  logProblem?: string;
  /** How the clock of the machine disagrees with the time that passed. */
  clockProblem?: string;
  /** What stricter checks find in the policy in force; it goes on deciding. */
  policyFindings?: number;
  now: Date;
}

export const PageNotices = createContext<Notices | undefined>(undefined);

/** Names of further stops that are listed before they are only counted. */
const NAMED = 3;

/**
 * The stops as far as the reader may know of them: people who sign in read what and why, the public
 * only that nothing is carried out.
 * @param held the page is about a request that a stop holds back
 */
export function StopBanner(props: { viewer?: Viewer; held?: boolean }) {
  return (
    <PageNotices.Consumer>
      {(notices) => {
        const [first, ...others] = [...(notices?.stops ?? [])].sort(broadestFirst);
        if (notices !== undefined && props.viewer !== undefined && first !== undefined) {
          return <Stops first={first} others={others} now={notices.now} />;
        }
        if (props.held === true) {
          return (
            <Strip title="This request is held back at the moment.">
              <p>Nothing is begun for it until the people in charge let it go on.</p>
            </Strip>
          );
        }
        // The broadest comes first.
        if (first?.target.kind === 'all') {
          return (
            <Strip title="Execution is stopped at the moment.">
              <p>Nothing is begun until the people in charge let it go on.</p>
            </Strip>
          );
        }
        return null;
      }}
    </PageNotices.Consumer>
  );
}

function Stops({ first, others, now }: { first: Control; others: Control[]; now: Date }) {
  const names = others.slice(0, NAMED).map(({ target }) => targetInWords(target));
  const more = others.length - NAMED;
  const also = more > 0 ? [...names, `${more} more`] : names;
  return (
    <Strip title={`Execution is stopped: ${visible(targetInWords(first.target))}.`}>
      <p>
        {visible(first.reason)}{' '}
        <span class="small">
          (by {visible(first.by)}, {relative(first.at, now)})
        </span>
      </p>
      {also.length > 0 && <p class="small">Also stopped: {visible(also.join(', '))}.</p>}
      <p class="small">
        <a href="/controls">Controls</a>
      </p>
    </Strip>
  );
}

/** A line across the page that nobody overlooks. @param props.name what screen readers call it */
export function Strip(props: { name?: string; title: string; children: ComponentChildren }) {
  return (
    <section class="stop-banner" aria-label={props.name ?? 'Execution is stopped'}>
      <div class="wrap">
        <div>
          <p class="strong">{props.title}</p>
          {props.children}
        </div>
      </div>
    </section>
  );
}
