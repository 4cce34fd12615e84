import type { Log } from '../../application/change/deps';
import type {
  CallContext,
  Connector,
  ConnectorHealth,
  ConnectorTraits,
  FindResult,
  LookupResult,
  PerformInput,
  PerformResult,
  Slot,
  Store,
} from '../../application/ports';
import type { JsonObject } from '../../domain/request/request';
import { Guard } from './guard';

/**
 * Circuits, places and rates of all connectors of a process. They outlive an activation: a new
 * policy does not make an ERP answer.
 */
export class Resilience {
  private readonly guards = new Map<string, Guard>();

  constructor(
    private readonly store: Pick<Store, 'connectorHealth' | 'commit'>,
    private readonly log: Pick<Log, 'warn'>,
  ) {}

  /** The connector, held to its limits and left alone while it does not answer. */
  wrap(connector: Connector): Connector {
    return new ResilientConnector(connector, this.guardOf(connector.traits));
  }

  health(): ConnectorHealth[] {
    return [...this.guards.values()].map((guard) => guard.health());
  }

  private guardOf({ id, limits }: ConnectorTraits): Guard {
    const known = this.guards.get(id);
    const same =
      known?.limits.concurrency === limits.concurrency &&
      known.limits.perSecond === limits.perSecond;
    if (known && same) return known;
    const saved = this.store.connectorHealth(id).catch(() => undefined);
    const guard = new Guard(id, limits, saved, (state) => this.save(id, state));
    this.guards.set(id, guard);
    return guard;
  }

  /** Best effort: without it, the next process only has to find out for itself. */
  private save(connectorId: string, state: JsonObject): void {
    this.log.warn(
      { connector: connectorId, ...this.guards.get(connectorId)?.health() },
      'circuit changed',
    );
    this.store.commit({ connectorHealth: [{ connectorId, state }] }).catch((error: unknown) => {
      this.log.warn({ connector: connectorId, err: String(error) }, 'circuit could not be saved');
    });
  }
}

class ResilientConnector implements Connector {
  readonly id: string;
  readonly traits: ConnectorTraits;
  readonly find?: Connector['find'];
  readonly unusable?: Connector['unusable'];
  readonly verify?: Connector['verify'];

  constructor(
    private readonly inner: Connector,
    private readonly guard: Guard,
  ) {
    this.id = inner.id;
    this.traits = inner.traits;
    if (inner.unusable) this.unusable = inner.unusable.bind(inner);
    const { find, verify } = inner;
    if (verify) {
      this.verify = (written, context) => this.read(() => verify.call(inner, written, context));
    }
    if (find) {
      this.find = (input, context) => this.read<FindResult>(() => find.call(inner, input, context));
    }
  }

  lookup(name: string, parameters: JsonObject, context: CallContext): Promise<LookupResult> {
    return this.read(() => this.inner.lookup(name, parameters, context));
  }

  async admit(): Promise<Slot> {
    const writes = await this.guard.circuit('writes');
    writes.assertAdmits(this.id);
    const slot = await this.guard.writing.take(this.id);
    try {
      // While it waited for a place, the ERP may have stopped to answer.
      writes.assertAdmits(this.id);
      await this.guard.rate.take(this.id);
      return slot;
    } catch (error) {
      slot.release();
      throw error;
    }
  }

  /** Its intent is written: from here on it is carried out, whatever else goes wrong. */
  async perform(input: PerformInput, context: CallContext): Promise<PerformResult> {
    const writes = await this.guard.circuit('writes');
    this.guard.rate.spend();
    return writes.counted(() => this.inner.perform(input, context));
  }

  ping(): Promise<boolean> {
    return this.inner.ping();
  }

  private async read<T>(call: () => Promise<T>): Promise<T> {
    const reads = await this.guard.circuit('reads');
    // Outside of the circuit: a full house says nothing about the ERP.
    const slot = await this.guard.reading.take(this.id);
    try {
      await this.guard.rate.take(this.id);
      return await reads.guarded(this.id, call);
    } finally {
      slot.release();
    }
  }
}
