import type { Body, Client } from './client';
import type { ErpDocument, OurRequest } from './compare';

const DOCUMENTS = [
  'payments',
  'movements',
  'contact_changes',
  'ticket_routings',
  'notifications',
  'journal',
];
const PAGE = 200;

/** Every document that the ERP itself holds. */
export async function erpDocuments(erpUrl: string): Promise<ErpDocument[]> {
  const kinds = await Promise.all(
    DOCUMENTS.map(async (kind) => {
      const documents = (await (await fetch(`${erpUrl}/records/${kind}`)).json()) as ErpDocument[];
      // Kinds that cannot be undone have no such member.
      return documents.map((one) => ({ ...one, reverses: one.reverses ?? null }));
    }),
  );
  return kinds.flat();
}

/** Every request that the service holds, or those in some states. */
export async function ourRequests(client: Client, states: string[] = []): Promise<OurRequest[]> {
  const filter = states.length > 0 ? `&state=${states.join(',')}` : '';
  const requests: OurRequest[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { body, status } = await client.read(`/v1/requests?limit=${PAGE}${filter}${from}`);
    if (status !== 200) throw new Error(`The requests cannot be listed: ${JSON.stringify(body)}`);
    requests.push(...body.items.map(compared));
    cursor = body.nextCursor;
  }
  return requests;
}

function compared(request: Body): OurRequest {
  const { execution, intent } = request;
  return {
    id: request.id,
    kind: request.kind,
    state: request.state,
    requestedBy: request.subject.requestedBy,
    action: intent?.action ?? '',
    arguments: intent?.arguments ?? {},
    steps: execution?.steps ?? [],
    undo: execution?.undo ?? [],
    erpReference: execution?.erpReference,
    permit: execution?.permit,
    compensates: request.compensates,
  };
}
