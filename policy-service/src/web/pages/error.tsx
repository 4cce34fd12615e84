import type { Viewer } from '../deps';
import { Layout } from '../parts/layout';
import { visible } from '../words';

/** A refusal in words, with a way on. */
export function ErrorPage(props: {
  status: number;
  title: string;
  message: string;
  /** Where the reader can look at the current state. */
  back?: { href: string; text: string };
  viewer?: Viewer;
}) {
  return (
    <Layout title={props.title} viewer={props.viewer} narrow>
      <p class="status-code muted">{props.status}</p>
      <h1>{props.title}</h1>
      <p>{visible(props.message)}</p>
      {props.back !== undefined && (
        <p>
          <a class="button" href={props.back.href}>
            {props.back.text}
          </a>
        </p>
      )}
    </Layout>
  );
}
