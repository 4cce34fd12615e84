import type { Viewer } from '../deps';
import { visible } from '../words';
import { PageNotices, Strip } from './notices';

/** Told on every page while the audit log is damaged; what is wrong is for people who sign in. */
export function LogBanner({ viewer }: { viewer?: Viewer }) {
  return (
    <PageNotices.Consumer>
      {(notices) =>
        notices?.logProblem === undefined ? null : (
          <Strip
            name="The audit log is damaged"
            title="The audit log is damaged: nothing can be changed, only read."
          >
            {viewer === undefined ? (
              <p>Nothing is decided or carried out until the people in charge have repaired it.</p>
            ) : (
              <p class="small">
                {visible(notices.logProblem)} Whoever runs the service verifies the log, restores a
                sound backup and starts the service again.
              </p>
            )}
          </Strip>
        )
      }
    </PageNotices.Consumer>
  );
}
