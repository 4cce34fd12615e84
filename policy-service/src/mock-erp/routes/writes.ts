import { Router, type Request } from 'express';
import { changeContact, reverseContactChange } from '../documents/contacts';
import type { WriteContext } from '../documents/document';
import { postJournalEntry, reverseJournalEntry } from '../documents/journal';
import { createMovement, reverseMovement } from '../documents/movements';
import { sendNotification } from '../documents/notifications';
import { createPayment, reversePayment } from '../documents/payments';
import { reverseTicketRouting, routeTicket } from '../documents/tickets';
import { documentsWith, type DocumentPath } from '../records';
import { ErpRefusal } from '../refusal';
import { writeHandler, type WriteDeps } from '../write-handler';

type Write = (context: WriteContext, req: Request<{ id: string }>) => object;
type WriteRoute = [method: 'post' | 'patch', path: string, document: DocumentPath, write: Write];

/** Every write: its path and the kind of document that it books and answers, with status 201. */
const WRITES: readonly WriteRoute[] = [
  ['post', '/payments', 'payments', (context, req) => createPayment(context, req.body)],
  [
    'post',
    '/payments/:id/reverse',
    'payments',
    (context, req) => reversePayment(context, req.params.id, req.body),
  ],
  [
    'post',
    '/stock-movements',
    'stock-movements',
    (context, req) => createMovement(context, req.body),
  ],
  [
    'post',
    '/stock-movements/:id/reverse',
    'stock-movements',
    (context, req) => reverseMovement(context, req.params.id, req.body),
  ],
  [
    'patch',
    '/contacts/:id',
    'contact-changes',
    (context, req) => changeContact(context, req.params.id, req.body),
  ],
  [
    'post',
    '/contact-changes/:id/reverse',
    'contact-changes',
    (context, req) => reverseContactChange(context, req.params.id, req.body),
  ],
  [
    'post',
    '/tickets/:id/route',
    'ticket-routings',
    (context, req) => routeTicket(context, req.params.id, req.body),
  ],
  [
    'post',
    '/ticket-routings/:id/reverse',
    'ticket-routings',
    (context, req) => reverseTicketRouting(context, req.params.id, req.body),
  ],
  [
    'post',
    '/notifications',
    'notifications',
    (context, req) => sendNotification(context, req.body),
  ],
  [
    'post',
    '/journal-entries',
    'journal-entries',
    (context, req) => postJournalEntry(context, req.body),
  ],
  [
    'post',
    '/journal-entries/:id/reverse',
    'journal-entries',
    (context, req) => reverseJournalEntry(context, req.params.id, req.body),
  ],
];

/**
 * The writes, and the same writes below /unique-references, where a second document of a kind with
 * the same external reference is refused, as ERPs with a unique field do.
 */
export function writeRoutes(deps: WriteDeps): Router {
  const router = Router();
  for (const [method, path, document, write] of WRITES) {
    router[method]<string, { id: string }>(path, writeHandler(deps, write));
    router[method]<string, { id: string }>(
      `/unique-references${path}`,
      writeHandler(deps, (context, req) => {
        assertNewReference(context, document, req.body);
        return write(context, req);
      }),
    );
  }
  return router;
}

function assertNewReference({ db }: WriteContext, document: DocumentPath, body: unknown): void {
  const reference = (body as { external_reference?: unknown } | undefined)?.external_reference;
  if (typeof reference !== 'string') {
    throw new ErpRefusal('bad_field', 'Give an external_reference.', 'external_reference');
  }
  const [known] = documentsWith(db, document, reference);
  if (known) {
    throw new ErpRefusal(
      'duplicate_reference',
      `${String(known.number)} already carries the external reference ${reference}.`,
      'external_reference',
      409,
    );
  }
}
