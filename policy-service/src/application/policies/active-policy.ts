import type { Bundle } from '../../domain/decision/bundle';
import { AppError } from '../../domain/errors';
import type { Log } from '../change/deps';
import { ConnectorFacts, type FactSource } from '../facts/look-up-facts';
import type { BundleReader } from './bundle-reader';
import type { Activation, Clock, Connector, SourceFile, Store } from '../ports';

/** What decides right now. A use case takes it once, so that rules and version fit together. */
export type PolicyState = {
  /** Revision of the store that this state was read at. */
  revision: number;
} & (
  | {
      valid: true;
      activation: Activation;
      bundle: Bundle;
      connectors: ReadonlyMap<string, Connector>;
      /** Records as these connectors read them. */
      facts: FactSource;
      /** What keeps it from being activated again: stricter checks than those it passed once, lost settings. */
      problems: string[];
      /** What its author should say. */
      questions: string[];
    }
  | {
      valid: false;
      /** The one that cannot be used; absent when nothing was ever activated. */
      activation?: Activation;
      /** A sentence on what is wrong, for the people in charge. */
      problem: string;
    }
);

/**
 * The policy that the database says is active, compiled and with its connectors. A call that took a
 * state goes on with it; the next call takes the new one. What cannot be used blocks everything: an
 * older policy that happens to be loaded still may be looser than the one that was activated.
 */
export class ActivePolicy {
  private now: PolicyState = {
    revision: -1,
    valid: false,
    problem: 'The service has not read its policy yet.',
  };
  private loading: Promise<void> | undefined;

  /** @param guard holds a connector to its limits; guards outlive an activation */
  constructor(
    private readonly store: Pick<Store, 'revision' | 'activations' | 'bundleFiles'>,
    private readonly reader: BundleReader,
    private readonly guard: (connector: Connector) => Connector,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  get state(): PolicyState {
    return this.now;
  }

  /** @throws AppError `policy_unavailable` */
  bundle(): Bundle {
    return this.valid().bundle;
  }

  /** @throws AppError `policy_unavailable` */
  connector(id: string): Connector {
    return connectorIn(this.valid().connectors, id);
  }

  /** @throws AppError `policy_unavailable` */
  facts(): FactSource {
    return this.valid().facts;
  }

  /**
   * The state as of now, also when another process activated something a moment ago.
   * @throws StorageUnavailable: the state stays what it was
   */
  async refresh(): Promise<PolicyState> {
    while ((await this.store.revision()) !== this.now.revision) {
      this.loading ??= this.load().finally(() => {
        this.loading = undefined;
      });
      await this.loading;
    }
    return this.now;
  }

  private valid(): PolicyState & { valid: true } {
    if (this.now.valid) return this.now;
    throw new AppError(
      'policy_unavailable',
      'No valid policy is active, so everything is blocked. Activate one: execution-layer policy activate --help',
    );
  }

  private async load(): Promise<void> {
    const revision = await this.store.revision();
    const [activation] = (await this.store.activations({ limit: 1 })).items;
    // A stop moves the revision on too.
    if (activation && activation.sequence === this.now.activation?.sequence) {
      this.now = { ...this.now, revision };
      return;
    }
    this.now = activation
      ? await this.open(activation, revision)
      : { revision, valid: false, problem: 'No policy was ever activated.' };
    if (this.now.valid) {
      this.log.info({ version: activation?.version, by: activation?.by }, 'policy in force');
      const { problems } = this.now;
      if (problems.length > 0) this.log.warn({ problems }, 'the policy in force has problems');
    } else {
      const { problem } = this.now;
      this.log.error(
        { version: activation?.version, problem },
        'EVERYTHING IS BLOCKED: no valid policy',
      );
    }
  }

  private async open(activation: Activation, revision: number): Promise<PolicyState> {
    const files = (await this.store.bundleFiles(activation.version)) ?? [];
    try {
      return { revision, valid: true, activation, ...this.compile(activation.version, files) };
    } catch (cause) {
      return { revision, valid: false, activation, problem: sentencesOf(cause) };
    }
  }

  private compile(
    version: string,
    files: SourceFile[],
  ): Pick<
    PolicyState & { valid: true },
    'bundle' | 'connectors' | 'facts' | 'problems' | 'questions'
  > {
    const read = this.reader.read(files, version, 'active');
    if (read.bundle.version !== version) {
      throw new Error(
        `The stored files of ${version} were changed: they no longer have this hash.`,
      );
    }
    const connectors = new Map(
      [...read.connect()].map(([id, connector]) => [
        id,
        connector.fault === undefined ? this.guard(connector) : connector,
      ]),
    );
    const faults = [...connectors.values()].flatMap(({ id, fault }) =>
      fault === undefined ? [] : [`The connector ${id} calls nothing: ${fault}`],
    );
    const facts = new ConnectorFacts((id) => connectorIn(connectors, id), this.clock);
    const { bundle, questions } = read;
    return { bundle, connectors, facts, problems: [...read.problems, ...faults], questions };
  }
}

function connectorIn(connectors: ReadonlyMap<string, Connector>, id: string): Connector {
  const found = connectors.get(id);
  if (!found) throw new AppError('policy_unavailable', `There is no connector "${id}".`);
  return found;
}

function sentencesOf(error: unknown): string {
  const details = error instanceof AppError ? error.errors.map(({ message }) => message) : [];
  return [error instanceof Error ? error.message : String(error), ...details].join('\n');
}
