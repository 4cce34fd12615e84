import type { JsonObject } from './request';

/** A record read from an ERP by the service itself, with the moment it was read. */
export interface FactRecord {
  /** Fields of the record as the connector declares them. */
  value: JsonObject;
  /** ISO 8601 UTC moment of the answer that the value comes from. */
  fetchedAt: string;
  connectorId: string;
}
