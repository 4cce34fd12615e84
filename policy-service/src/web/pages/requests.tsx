import type { GovernedRequest } from '../../domain/request/request';
import { REQUEST_STATES, type RequestState } from '../../domain/request/states';
import type { Viewer } from '../deps';
import { REQUEST_LABELS } from '../labels';
import { Empty, Paging } from '../parts/basics';
import { Layout } from '../parts/layout';
import { RequestRow } from '../parts/request-row';

export interface RequestsQuery {
  state?: RequestState;
  action?: string;
  needsPerson: boolean;
}

function Filter({ query }: { query: RequestsQuery }) {
  return (
    <form method="get" action="/requests" class="filter" role="search">
      <label>
        State
        <select name="state">
          <option value="">All states</option>
          {REQUEST_STATES.map((state) => (
            <option value={state} selected={query.state === state}>
              {REQUEST_LABELS[state].text}
            </option>
          ))}
        </select>
      </label>
      <label>
        Action
        <input
          type="text"
          name="action"
          value={query.action ?? ''}
          placeholder="vendor_payment.create"
          maxLength={100}
        />
      </label>
      <label class="check">
        <input type="checkbox" name="needsPerson" value="true" checked={query.needsPerson} />
        Needs a person
      </label>
      <button type="submit">Show</button>
    </form>
  );
}

/** Every request, newest first. */
export function RequestsPage(props: {
  viewer: Viewer;
  now: Date;
  query: RequestsQuery;
  items: GovernedRequest[];
  paging: { first?: string; next?: string };
}) {
  const { query } = props;
  const filtered = query.state !== undefined || query.action !== undefined || query.needsPerson;
  return (
    <Layout title="Requests" viewer={props.viewer} current="requests">
      <h1>Requests</h1>
      <Filter query={query} />
      {props.items.length === 0 ? (
        filtered ? (
          <Empty title="No request fits this filter">
            <a href="/requests">Show all requests</a>
          </Empty>
        ) : (
          <Empty title="No requests yet">
            A request appears here as soon as a workflow or an agent proposes one.
          </Empty>
        )
      ) : (
        <ul class="rows" aria-label="Requests">
          {props.items.map((request) => (
            <RequestRow request={request} now={props.now} />
          ))}
        </ul>
      )}
      <Paging {...props.paging} />
    </Layout>
  );
}
