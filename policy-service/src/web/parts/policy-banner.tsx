import type { Viewer } from '../deps';
import { PageNotices, Strip } from './notices';

/** Told on every page while no valid policy is active; what is wrong is for people who sign in. */
export function PolicyBanner({ viewer }: { viewer?: Viewer }) {
  return (
    <PageNotices.Consumer>
      {(notices) =>
        notices?.policyProblem === undefined ? (
          viewer !== undefined && (notices?.policyFindings ?? 0) > 0 ? (
            <Findings />
          ) : null
        ) : (
          <Strip name="No valid policy" title="Everything is blocked: there is no valid policy.">
            {viewer === undefined ? (
              <p>Nothing is decided or carried out until the people in charge have repaired it.</p>
            ) : (
              <p class="small">
                <a href="/policies">What is wrong</a>
              </p>
            )}
          </Strip>
        )
      }
    </PageNotices.Consumer>
  );
}

/** The requesters' own pages say it of the request that it concerns. */
function Findings() {
  return (
    <Strip name="Problems of the policy" title="The policy in force has problems.">
      <p class="small">
        It goes on deciding; only what is unsafe is blocked.{' '}
        <a href="/policies#problems">What is wrong</a>
      </p>
    </Strip>
  );
}
