import { Body } from '../body';
import { insert, type ErpDatabase } from '../database';
import { ErpRefusal, notFound } from '../refusal';
import {
  assertReversible,
  DOCUMENT_FIELDS,
  documentColumns,
  nextNumber,
  type WriteContext,
} from './document';

const QUEUES = ['billing', 'technical', 'sales', 'logistics', 'hr'] as const;
const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;

export interface TicketRoutingRow {
  number: string;
  ticket_id: string;
  from_queue: string;
  from_priority: string;
  queue: string;
  priority: string;
  reverses: string | null;
  external_reference: string | null;
  created_at: string;
}

interface TicketRow {
  ticket_id: string;
  queue: string;
  priority: string;
  status: string;
}

/** Moves an open ticket to a queue; without a priority it keeps its own. */
export function routeTicket(
  context: WriteContext,
  ticketId: string,
  value: unknown,
): TicketRoutingRow {
  const { db } = context;
  const body = new Body(value, ['queue', 'priority', ...DOCUMENT_FIELDS]);
  const ticket = openTicket(db, ticketId);
  return book(db, {
    number: nextNumber(db, 'RTE'),
    ticket_id: ticketId,
    from_queue: ticket.queue,
    from_priority: ticket.priority,
    queue: body.oneOf('queue', QUEUES),
    priority:
      body.raw('priority') === undefined ? ticket.priority : body.oneOf('priority', PRIORITIES),
    ...documentColumns(context, body),
  });
}

/** Moves the ticket back, unless somebody has moved it since. */
export function reverseTicketRouting(
  context: WriteContext,
  number: string,
  value: unknown,
): TicketRoutingRow {
  const { db } = context;
  const body = new Body(value, DOCUMENT_FIELDS);
  const routing = db
    .prepare<[string], TicketRoutingRow>('SELECT * FROM ticket_routings WHERE number = ?')
    .get(number);
  if (!routing) throw notFound('ticket routing', number);
  assertReversible(db, routing);
  const ticket = openTicket(db, routing.ticket_id);
  if (ticket.queue !== routing.queue || ticket.priority !== routing.priority) {
    throw new ErpRefusal('changed_since', `${routing.ticket_id} was moved again after ${number}.`);
  }
  return book(db, {
    number: nextNumber(db, 'RTE'),
    ticket_id: routing.ticket_id,
    from_queue: routing.queue,
    from_priority: routing.priority,
    queue: routing.from_queue,
    priority: routing.from_priority,
    ...documentColumns(context, body, number),
  });
}

function openTicket(db: ErpDatabase, ticketId: string): TicketRow {
  const ticket = db
    .prepare<[string], TicketRow>('SELECT * FROM tickets WHERE ticket_id = ?')
    .get(ticketId);
  if (!ticket) throw notFound('ticket', ticketId);
  if (ticket.status !== 'open') {
    throw new ErpRefusal('ticket_closed', `The ticket ${ticketId} is ${ticket.status}.`);
  }
  return ticket;
}

function book(db: ErpDatabase, row: TicketRoutingRow): TicketRoutingRow {
  db.prepare('UPDATE tickets SET queue = ?, priority = ? WHERE ticket_id = ?').run(
    row.queue,
    row.priority,
    row.ticket_id,
  );
  insert(db, 'ticket_routings', { ...row });
  return row;
}
