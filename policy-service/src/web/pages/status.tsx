import type { RequestState } from '../../domain/request/states';
import { Pill } from '../parts/basics';
import { Layout } from '../parts/layout';
import { REQUEST_LABELS } from '../labels';
import { visible } from '../words';

/**
 * What a requester may see without signing in. The parameters are the whole of it: a page that is
 * given the request could one day show more of it.
 */
export function StatusPage(props: {
  state: RequestState;
  message: string;
  reasons: string[];
  /** A stop holds it back; why and by whom is for people who sign in. */
  held: boolean;
}) {
  return (
    <Layout title="Status of your request" narrow held={props.held}>
      <h1>Status of your request</h1>
      <section class="card">
        <p>
          <Pill {...REQUEST_LABELS[props.state]} />
        </p>
        <p class="lead">{visible(props.message)}</p>
        {props.reasons.length > 0 && (
          <>
            <h2>Why</h2>
            <ul class="reasons">
              {props.reasons.map((reason) => (
                <li>{visible(reason)}</li>
              ))}
            </ul>
          </>
        )}
      </section>
      <p>
        <a class="button" href="?">
          Check again
        </a>
      </p>
    </Layout>
  );
}
