import {
  cacheForMs,
  isReferenced,
  type Action,
  type EntityReference,
} from '../../domain/catalogue/action';
import { AppError, againOnce } from '../../domain/errors';
import type { FactRecord } from '../../domain/request/facts';
import type { JsonObject } from '../../domain/request/request';
import {
  ConnectorUnavailable,
  livedBy,
  type Clock,
  type Connector,
  type LookupResult,
} from '../ports';

/** Records that an action's arguments refer to, as the ERP has them. */
export interface FactSource {
  /**
   * Looks up every entity of the action whose arguments are given.
   * @param freshness `declared`: a cached answer may be as old as the entity says; `now` asks the ERP
   * @throws AppError `facts_unavailable` when the ERP cannot be asked; nothing is changed
   */
  entities(
    action: Action,
    values: JsonObject,
    traceId: string,
    freshness: Freshness,
  ): Promise<{ found: Record<string, FactRecord>; missing: EntityReference[] }>;
}

export type Freshness = 'declared' | 'now';

const CACHE_ENTRIES = 10_000;

/** Facts through the action's connector, cached as declared; equal lookups under way are shared. */
export class ConnectorFacts implements FactSource {
  private readonly cache = new Map<string, { at: number; result: LookupResult }>();
  private readonly underWay = new Map<string, Promise<LookupResult>>();

  constructor(
    private readonly connector: (id: string) => Connector,
    private readonly clock: Clock,
  ) {}

  async entities(
    action: Action,
    values: JsonObject,
    traceId: string,
    freshness: Freshness,
  ): Promise<{ found: Record<string, FactRecord>; missing: EntityReference[] }> {
    const asked = action.entities.filter((entity) => isReferenced(entity, values));
    const results = await Promise.all(
      asked.map((entity) => this.lookup(action.connector, entity, values, traceId, freshness)),
    );
    const found: Record<string, FactRecord> = {};
    const missing: EntityReference[] = [];
    asked.forEach((entity, index) => {
      const result = results[index];
      if (result?.found) found[entity.name] = result.fact;
      else missing.push(entity);
    });
    return { found, missing };
  }

  private async lookup(
    connectorId: string,
    entity: EntityReference,
    values: JsonObject,
    traceId: string,
    freshness: Freshness,
  ): Promise<LookupResult> {
    const maxAgeMs = freshness === 'now' ? 0 : cacheForMs(entity);
    const parameters: JsonObject = {};
    for (const [name, argument] of Object.entries(entity.with)) {
      parameters[name] = values[argument] ?? null;
    }
    const key = JSON.stringify([connectorId, entity.lookup, parameters]);
    const cached = this.cache.get(key);
    const age = cached ? livedBy(this.clock).getTime() - cached.at : 0;
    // An answer from later than now is of a clock that was set back: nobody knows how old it is.
    if (cached && age >= 0 && age < maxAgeMs) return cached.result;
    // A lookup that somebody else began is only good enough where a cached answer would be.
    const shared = maxAgeMs > 0 ? this.underWay.get(key) : undefined;
    if (shared) return shared;
    const asked = this.ask(connectorId, entity.lookup, parameters, traceId, key);
    this.underWay.set(key, asked);
    return asked.finally(() => this.underWay.delete(key));
  }

  private async ask(
    connectorId: string,
    lookup: string,
    parameters: JsonObject,
    traceId: string,
    key: string,
  ): Promise<LookupResult> {
    const at = livedBy(this.clock).getTime();
    try {
      const result = await this.connector(connectorId).lookup(lookup, parameters, { traceId });
      if (this.cache.size >= CACHE_ENTRIES) this.cache.clear();
      this.cache.set(key, { at, result });
      return result;
    } catch (error) {
      if (!(error instanceof ConnectorUnavailable)) throw error;
      throw new AppError(
        'facts_unavailable',
        error.remedy === 'silent'
          ? `The system of record (${connectorId}) cannot be asked right now. ${againOnce(error.remedy)}`
          : `The system of record (${connectorId}) gives no usable answer: ${error.message} ${againOnce(error.remedy)}`,
        { connector: connectorId, remedy: error.remedy },
      );
    }
  }
}
