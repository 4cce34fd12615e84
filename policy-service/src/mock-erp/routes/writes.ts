import { Router, type Request } from 'express';
import { changeContact, reverseContactChange } from '../documents/contacts';
import type { WriteContext } from '../documents/document';
import { postJournalEntry, reverseJournalEntry } from '../documents/journal';
import { createMovement, reverseMovement } from '../documents/movements';
import { sendNotification } from '../documents/notifications';
import { createPayment, reversePayment } from '../documents/payments';
import { reverseTicketRouting, routeTicket } from '../documents/tickets';
import { writeHandler, type WriteDeps } from '../write-handler';

type Write = (context: WriteContext, req: Request<{ id: string }>) => object;

/** Every write and its path. Each answers 201 with the new document. */
const WRITES: readonly [method: 'post' | 'patch', path: string, write: Write][] = [
  ['post', '/payments', (context, req) => createPayment(context, req.body)],
  [
    'post',
    '/payments/:id/reverse',
    (context, req) => reversePayment(context, req.params.id, req.body),
  ],
  ['post', '/stock-movements', (context, req) => createMovement(context, req.body)],
  [
    'post',
    '/stock-movements/:id/reverse',
    (context, req) => reverseMovement(context, req.params.id, req.body),
  ],
  ['patch', '/contacts/:id', (context, req) => changeContact(context, req.params.id, req.body)],
  [
    'post',
    '/contact-changes/:id/reverse',
    (context, req) => reverseContactChange(context, req.params.id, req.body),
  ],
  ['post', '/tickets/:id/route', (context, req) => routeTicket(context, req.params.id, req.body)],
  [
    'post',
    '/ticket-routings/:id/reverse',
    (context, req) => reverseTicketRouting(context, req.params.id, req.body),
  ],
  ['post', '/notifications', (context, req) => sendNotification(context, req.body)],
  ['post', '/journal-entries', (context, req) => postJournalEntry(context, req.body)],
  [
    'post',
    '/journal-entries/:id/reverse',
    (context, req) => reverseJournalEntry(context, req.params.id, req.body),
  ],
];

export function writeRoutes(deps: WriteDeps): Router {
  const router = Router();
  for (const [method, path, write] of WRITES) {
    router[method]<string, { id: string }>(path, writeHandler(deps, write));
  }
  return router;
}
