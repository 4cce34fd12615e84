import type { ComponentChildren } from 'preact';
import type { Viewer } from '../deps';
import { spaced, visible } from '../words';
import { ClockBanner } from './clock-banner';
import { LogBanner } from './log-banner';
import { StopBanner } from './notices';
import { PolicyBanner } from './policy-banner';

interface LayoutProps {
  title: string;
  /** Shows navigation and sign-out. */
  viewer?: Viewer;
  current?: 'inbox' | 'attention' | 'requests' | 'policies' | 'controls';
  /** A single narrow column, for forms and messages. */
  narrow?: boolean;
  /** The page is about a request that a stop holds back. */
  held?: boolean;
  children: ComponentChildren;
}

function Head({ title }: { title: string }) {
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="robots" content="noindex, nofollow" />
      <meta name="color-scheme" content="light dark" />
      <title>{`${visible(title)} · Execution Layer`}</title>
      <link rel="icon" href="/assets/favicon.svg" type="image/svg+xml" />
      <link rel="stylesheet" href="/assets/app.css" />
    </head>
  );
}

function Account({ viewer }: { viewer: Viewer }) {
  const roles = viewer.person.roles.map(spaced).join(', ');
  return (
    <div class="account">
      <span class="person">
        <span>{visible(viewer.person.name)}</span>
        <span class="muted small">{roles === '' ? 'no roles' : roles}</span>
      </span>
      <form method="post" action="/sign-out">
        <input type="hidden" name="csrf" value={viewer.csrfToken} />
        <button class="plain" type="submit">
          Sign out
        </button>
      </form>
    </div>
  );
}

/** The frame of every page. */
export function Layout(props: LayoutProps) {
  const { viewer, current } = props;
  const brand = (
    <>
      <img src="/assets/logo.svg" alt="" width="28" height="28" />
      <span>Execution Layer</span>
    </>
  );
  return (
    <html lang="en">
      <Head title={props.title} />
      <body>
        <a class="skip" href="#content">
          Skip to content
        </a>
        <header class="top">
          <div class="wrap">
            {viewer === undefined ? (
              <span class="brand">{brand}</span>
            ) : (
              <a class="brand" href="/inbox">
                {brand}
              </a>
            )}
            {viewer !== undefined && (
              <nav aria-label="Main">
                <a href="/inbox" aria-current={current === 'inbox' ? 'page' : undefined}>
                  Inbox
                </a>
                <a href="/attention" aria-current={current === 'attention' ? 'page' : undefined}>
                  Attention
                </a>
                <a href="/requests" aria-current={current === 'requests' ? 'page' : undefined}>
                  Requests
                </a>
                <a href="/policies" aria-current={current === 'policies' ? 'page' : undefined}>
                  Policies
                </a>
                <a href="/controls" aria-current={current === 'controls' ? 'page' : undefined}>
                  Controls
                </a>
              </nav>
            )}
            {viewer !== undefined && <Account viewer={viewer} />}
          </div>
        </header>
        <LogBanner viewer={viewer} />
        <ClockBanner viewer={viewer} />
        <PolicyBanner viewer={viewer} />
        <StopBanner viewer={viewer} held={props.held} />
        <main id="content" class={props.narrow === true ? 'wrap narrow' : 'wrap'}>
          {props.children}
        </main>
      </body>
    </html>
  );
}
