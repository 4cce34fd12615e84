import type { ConnectorHealth, ConnectorLimits, PerformResult } from '../../application/ports';
import type { JsonObject } from '../../domain/request/request';
import { Circuit } from './circuit';
import { Places } from './places';
import { Rate } from './rate';

/**
 * What protects one ERP, and the service from it. Reads and writes have a circuit each: an ERP that
 * still reads but no longer writes is not written to.
 */
export class Guard {
  readonly writing: Places;
  readonly reading: Places;
  readonly rate: Rate;
  private circuits?: { reads: Circuit; writes: Circuit };
  private readonly opened: Promise<{ reads: Circuit; writes: Circuit }>;

  /**
   * @param saved state that an earlier process left
   * @param save told the state after each change
   */
  constructor(
    readonly id: string,
    readonly limits: ConnectorLimits,
    saved: Promise<JsonObject | undefined>,
    save: (state: JsonObject) => void,
  ) {
    this.writing = new Places(limits.concurrency);
    this.reading = new Places(limits.concurrency);
    this.rate = new Rate(limits.perSecond);
    const changed = (): void => {
      if (this.circuits) save(JSON.parse(JSON.stringify(this.circuits)) as JsonObject);
    };
    this.opened = saved.then((state) => {
      this.circuits = {
        reads: new Circuit(state?.['reads'], () => false, changed),
        writes: new Circuit(
          state?.['writes'],
          (result) => noAnswer(result as PerformResult),
          changed,
        ),
      };
      return this.circuits;
    });
  }

  async circuit(kind: 'reads' | 'writes'): Promise<Circuit> {
    return (this.circuits ?? (await this.opened))[kind];
  }

  health(): ConnectorHealth {
    return {
      id: this.id,
      reads: this.circuits?.reads.state ?? 'closed',
      writes: this.circuits?.writes.state ?? 'closed',
      executions: this.writing.inUse,
      limit: this.limits.concurrency,
    };
  }
}

/** Nothing came back, a failure of the server, or a plea for fewer calls. All else is an answer. */
function noAnswer(result: PerformResult): boolean {
  const last = result.attempts.at(-1);
  const status = last?.response?.['status'];
  const answered =
    typeof status === 'number'
      ? status < 500 && status !== 429
      : last?.response?.['unusable'] !== undefined;
  if (answered) return false;
  return (
    result.outcome === 'unknown' || (result.outcome === 'refused' && last?.outcome === 'transient')
  );
}
