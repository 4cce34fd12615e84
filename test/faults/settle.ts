import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client';
import type { ErpDocument, OurRequest } from './compare';
import type { ExternalWrite, Violation } from './journal';
import { erpDocuments, ourRequests } from './records';

/** Longer than the lease, two searches, and the longest delayed write. */
const PATIENCE_MS = 90_000;
const POLL_MS = 500;
/** After this no call that was cut off can still write in the ERP. */
const LATE_WRITES_MS = 2_000;

/** So long the service may take to find out what it can once the ERP answers again. */
const RECOVERY_MS = 40_000;

/** Actions whose outcome the service finds out by itself as soon as the ERP answers. */
const SELF_RECOVERING = [
  'inventory.adjust',
  'vendor_payment.create',
  'pay.unique',
  'goods.receive',
  'customer.notify',
  'crm.contact.update',
  'ticket.route',
];

/** Waits until recovery has taken up everything that kills left behind. */
export async function settled(client: Client): Promise<void> {
  await sleep(LATE_WRITES_MS);
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const executing = await ourRequests(client, ['executing']);
    if (executing.every(({ permit }) => permit !== undefined)) return;
    await sleep(POLL_MS);
  }
}

/**
 * An operator has every unknown outcome looked into.
 * @returns those that stay unknown
 */
export async function reconciled(client: Client): Promise<OurRequest[]> {
  const unknown = await unknownOutcomes(client);
  await Promise.all(unknown.map(({ id }) => client.asPerson(`/v1/requests/${id}/reconcile`, {})));
  return unknownOutcomes(client);
}

/**
 * Until every outcome is known: the service finds out what it can, and for the rest a person looks
 * into the ERP and says what is there.
 * @returns what the service should have found out by itself, and did not
 */
export async function resolved(
  client: Client,
  erpUrl: string,
  externals: ExternalWrite[],
): Promise<Violation[]> {
  let unknown = await reconciled(client);
  for (const until = Date.now() + RECOVERY_MS; unknown.some(recoversItself);) {
    if (Date.now() > until) break;
    await sleep(POLL_MS);
    unknown = await reconciled(client);
  }
  const violations = unknown.filter(recoversItself).map(({ id, action }) => ({
    rule: 'not-recovered',
    requestId: id,
    message: `${action} ${id} stays unknown although the ERP can be asked.`,
  }));
  // What a person finds may let the next step begin, which may be unknown again.
  for (const until = Date.now() + PATIENCE_MS; unknown.length > 0 && Date.now() < until;) {
    const documents = await erpDocuments(erpUrl);
    await Promise.all(
      unknown.map((request) =>
        client.asPerson(`/v1/requests/${request.id}/resolution`, {
          evidence: 'Read in the ERP.',
          ...found(request, documents, externals),
        }),
      ),
    );
    await sleep(POLL_MS);
    unknown = await unknownOutcomes(client);
  }
  return [
    ...violations,
    ...unknown.map(({ id, action, state }) => ({
      rule: 'not-resolved',
      requestId: id,
      message: `${action} ${id} is ${state}, whatever a person says.`,
    })),
  ];
}

async function unknownOutcomes(client: Client): Promise<OurRequest[]> {
  const doubtful = await ourRequests(client, ['outcome_unknown', 'compensating']);
  // An original waits for the request that undoes it, which is in the list itself.
  return doubtful.filter(({ state, undo }) => state === 'outcome_unknown' || undo.length > 0);
}

/**
 * What the ERP may refuse is left to a person once a call of it got no answer: the refusal of a
 * repeat does not prove what became of the call before.
 */
function recoversItself({ kind, action, arguments: values }: OurRequest): boolean {
  const refusable = Number(values['quantity'] ?? 1) < 0 || values['vendor_id'] === 'V-1002';
  return kind === 'action' && SELF_RECOVERING.includes(action) && !refusable;
}

/** What a person finds: a document of the request that we do not claim yet, or none. */
function found(
  { id, steps, undo }: OurRequest,
  documents: ErpDocument[],
  externals: ExternalWrite[],
): { happened: boolean; erpReference?: string } {
  const claimed = [...steps, ...undo].map(({ erpReference }) => erpReference);
  const document =
    documents.find(
      ({ number, external_reference }) => external_reference === id && !claimed.includes(number),
    ) ?? externals.find(({ requestId }) => requestId === id);
  return { happened: document !== undefined, erpReference: document?.number };
}
