import {
  ConnectorUnavailable,
  type CallContext,
  type Clock,
  type Connector,
  type ConnectorLimits,
  type ConnectorTraits,
  type FindResult,
  type LookupResult,
  type OperationTraits,
  type PerformInput,
  type PerformResult,
  type StepOutcome,
} from '../../application/ports';
import type { Log } from '../../application/change/deps';
import type { JsonObject } from '../../domain/request/request';
import type { Secrets } from '../secrets';
import type { Environment } from '../setting';
import { Exclusive } from './exclusive';
import { Contradiction, Lost, Refused, Unreachable } from './outcomes';
import { Walk, type WalkParts, type WalkTimes } from './walk';

/** Reads one record; undefined when there is none. */
export type Lookup = (walk: Walk, parameters: JsonObject) => Promise<JsonObject | undefined>;

/** Something that is done in the ERP by several calls. */
export interface Operation {
  traits: OperationTraits;
  /** Goes on from wherever an earlier call of the same request left off. */
  perform(walk: Walk, input: PerformInput): Promise<StepOutcome>;
  /** Present when the traits say `findable`. Reads only. */
  find?(walk: Walk, input: PerformInput): Promise<FindResult>;
}

export interface DocumentAbilities {
  lookups: Record<string, Lookup>;
  operations: Record<string, Operation>;
}

/** What makes an ERP of whole documents a connector. */
export interface DocumentErp extends DocumentAbilities {
  traits: ConnectorTraits;
  parts: WalkParts;
}

export interface DocumentOptions {
  /** Where `${NAME}` settings come from. */
  env: Environment;
  /** Those of the process, which get this connector's too. */
  secrets?: Secrets;
  clock: Clock;
  log: Pick<Log, 'warn'>;
}

/** Traits are told without a setting and without a call. */
export function documentTraits(
  definition: { id: string; title: string; times: WalkTimes; limits: ConnectorLimits },
  { lookups, operations }: DocumentAbilities,
): ConnectorTraits {
  return {
    id: definition.id,
    title: definition.title,
    lookups: Object.keys(lookups),
    operations: Object.fromEntries(
      Object.entries(operations).map(([name, { traits }]) => [name, traits]),
    ),
    longestCallMs: definition.times.totalMs,
    limits: definition.limits,
  };
}

const PING_TIMEOUT_MS = 5_000;

/** A connector whose operations walk through documents of an ERP. */
export class DocumentConnector implements Connector {
  readonly id: string;
  readonly traits: ConnectorTraits;
  private readonly exclusive = new Exclusive();

  constructor(private readonly erp: DocumentErp) {
    this.id = erp.traits.id;
    this.traits = erp.traits;
  }

  async lookup(name: string, parameters: JsonObject, context: CallContext): Promise<LookupResult> {
    const lookup = own(this.erp.lookups, name);
    if (!lookup) throw new ConnectorUnavailable(`The connector ${this.id} has no lookup ${name}.`);
    const fetchedAt = this.erp.parts.clock.now().toISOString();
    const value = await this.reading(() => lookup(this.walk(context), parameters));
    return value === undefined
      ? { found: false }
      : { found: true, fact: { value, fetchedAt, connectorId: this.id } };
  }

  async perform(input: PerformInput, context: CallContext): Promise<PerformResult> {
    const operation = own(this.erp.operations, input.operation);
    if (!operation) {
      const message = `The connector ${this.id} has no operation ${input.operation}, so nothing was sent.`;
      return { outcome: 'refused', message, attempts: [] };
    }
    const walk = this.walk(context, input.step);
    const { attempts } = walk;
    try {
      // Two calls for one request would each find nothing and create a document.
      const key = `${input.requestId}/${input.step}`;
      const outcome = await this.exclusive.run(key, () => operation.perform(walk, input));
      return { outcome: 'done', ...outcome, attempts };
    } catch (error) {
      const { outcome, message } = this.conclude(error, walk);
      return { outcome, message, attempts };
    }
  }

  async find(input: PerformInput, context: CallContext): Promise<FindResult> {
    const operation = own(this.erp.operations, input.operation);
    const { find } = operation ?? {};
    if (!find) {
      throw new ConnectorUnavailable(
        `The connector ${this.id} cannot look for what ${input.operation} wrote.`,
      );
    }
    return this.reading(async () => {
      try {
        return await find(this.walk(context), input);
      } catch (error) {
        if (!(error instanceof Contradiction)) throw error;
        return { found: 'partial', message: error.message };
      }
    });
  }

  ping(): Promise<boolean> {
    return this.erp.parts.client.ping(PING_TIMEOUT_MS);
  }

  private walk({ traceId, signal }: CallContext, step?: string): Walk {
    return new Walk(this.erp.parts, { connector: this.id, traceId, signal, step });
  }

  private async reading<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const expected =
        error instanceof Refused || error instanceof Unreachable || error instanceof Contradiction;
      if (!expected) throw error;
      const remedy = error instanceof Unreachable ? 'silent' : 'mend';
      throw new ConnectorUnavailable(
        `${this.traits.title} cannot be asked: ${error.message}`,
        remedy,
      );
    }
  }

  /** "Refused" is only said while the ERP provably holds nothing. */
  private conclude(
    error: unknown,
    walk: Walk,
  ): { outcome: 'refused' | 'unknown'; message: string } {
    const held = walk.holds === undefined ? '' : ` The ERP holds ${walk.holds}.`;
    if (error instanceof Lost) {
      const message = `It is not known whether the ERP wrote this. ${error.message}${held}`;
      return { outcome: 'unknown', message };
    }
    if (error instanceof Refused || error instanceof Unreachable) {
      const said =
        error instanceof Refused
          ? error.message
          : `The ERP did not take the call up. ${error.message}`;
      if (held !== '') return { outcome: 'unknown', message: `${said}${held}` };
      return walk.unread
        ? { outcome: 'unknown', message: `It is not known whether the ERP wrote this. ${said}` }
        : { outcome: 'refused', message: `${said} Nothing was written.` };
    }
    if (error instanceof Contradiction) {
      return { outcome: 'unknown', message: `${error.message}${held}` };
    }
    // A defect of ours says nothing about the ERP: only "unknown" is honest.
    const message = `The call ended in an internal error: ${String(error)}`;
    this.erp.parts.log.warn({ connector: this.id }, message);
    return { outcome: 'unknown', message };
  }
}

function own<T>(record: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
