import type { Viewer } from '../deps';
import { PageNotices, Strip } from './notices';

/** Told to people who sign in while the clock of the machine disagrees with the time that passed. */
export function ClockBanner({ viewer }: { viewer?: Viewer }) {
  return (
    <PageNotices.Consumer>
      {(notices) =>
        viewer === undefined || notices?.clockProblem === undefined ? null : (
          <Strip name="The clock is in doubt" title="The clock of the service is in doubt.">
            <p class="small">{notices.clockProblem}</p>
          </Strip>
        )
      }
    </PageNotices.Consumer>
  );
}
