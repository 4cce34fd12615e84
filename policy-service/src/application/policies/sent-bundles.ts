import type { Caller } from '../change/caller';
import type { SourceFile } from '../ports';
import type { AskedPolicy } from '../what-if/asked-policy';
import { assertCasesPass } from './assert-usable';
import type { BundleDiff } from './diff-bundles';
import type { BundleReader } from './bundle-reader';

/** A new bundle whose checks and test cases passed. */
export interface CheckedBundle {
  version: string;
  /** In the order that the version is computed in. */
  files: SourceFile[];
  casesPassed: number;
  /**
   * Tries its connectors with the settings of this process.
   * @throws Error with a sentence when a setting is missing or cannot be used; AppError
   *   `bundle_too_costly` when it must not be compiled where requests are answered
   */
  connect(): void;
}

/**
 * What is done with bundles that somebody sent. Whatever is in one, only whoever sent it waits.
 * Refusals: `bundle_invalid` with every problem; `bundle_too_costly` when it takes too much time
 * or memory; `rate_limited` when the caller has too much under way.
 */
export interface SentBundles {
  /**
   * @param name how messages name the bundle
   * @param by whose turn it is, see turnOf
   */
  check(files: SourceFile[], name: string, by: string): Promise<CheckedBundle>;
  diff(from: SourceFile[], to: SourceFile[], by: string): Promise<BundleDiff>;
  /** @param use `active` where it decides already, so that newer checks do not refuse it */
  ask(files: SourceFile[], name: string, by: string, use?: 'active' | 'new'): AskedPolicy;
}

/** Checks bundles where it stands: for the operator's own, which keep nobody waiting. */
export function checkInPlace(reader: BundleReader): Pick<SentBundles, 'check'> {
  return {
    async check(files, name) {
      const read = reader.read(files, name);
      const casesPassed = assertCasesPass(read.runCases(), name);
      const { bundle } = read;
      return {
        version: bundle.version,
        files: read.files,
        casesPassed,
        connect: () => void read.connect(),
      };
    },
  };
}

/** Callers take turns; tokens and people are told apart. */
export function turnOf(caller: Caller): string {
  switch (caller.kind) {
    case 'token':
      return `token ${caller.token.id}`;
    case 'person':
      return `person ${caller.person.email}`;
    case 'service':
      return `service ${caller.id}`;
  }
}
