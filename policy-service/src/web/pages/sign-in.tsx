import { Layout } from '../parts/layout';

/** The sign-in form. `problem` says why the last try was refused. */
export function SignInPage(props: { next: string; email: string; problem?: string }) {
  return (
    <Layout title="Sign in" narrow>
      <h1>Sign in</h1>
      <p class="muted">Approvers and operators decide here what AI may do.</p>
      {props.problem !== undefined && (
        <p class="warning" role="alert" id="problem">
          {props.problem}
        </p>
      )}
      <form method="post" action="/sign-in" class="card form">
        <input type="hidden" name="next" value={props.next} />
        <label>
          E-mail
          <input
            type="email"
            name="email"
            value={props.email}
            autocomplete="username"
            maxLength={254}
            required
            aria-describedby={props.problem === undefined ? undefined : 'problem'}
          />
        </label>
        <label>
          Password
          <input
            type="password"
            name="password"
            autocomplete="current-password"
            maxLength={1024}
            required
          />
        </label>
        <button class="primary" type="submit">
          Sign in
        </button>
      </form>
    </Layout>
  );
}
