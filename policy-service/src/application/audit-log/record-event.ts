import type { JsonObject } from '../../domain/request/request';
import type { Draft } from '../change/draft';

export interface CustomEvent {
  /** Written to the log as `custom.<type>`, so that it never looks like an entry of the service. */
  type: string;
  message: string;
  data?: JsonObject;
}

/** Adds a caller's own event to a request's timeline; it changes no state. */
export function recordEvent(draft: Draft, eventId: string, event: CustomEvent): void {
  draft.record({
    type: `custom.${event.type}`,
    data: { eventId, message: event.message, ...(event.data ? { data: event.data } : {}) },
  });
}
