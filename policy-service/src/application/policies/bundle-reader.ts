import type { Bundle } from '../../domain/decision/bundle';
import type { JsonObject } from '../../domain/request/request';
import type { Connector, SourceFile } from '../ports';

/** What a bundle's own test cases brought. */
export interface CaseSummary {
  passed: number;
  /** Name, place and what came out otherwise, a sentence each. */
  failures: string[];
}

/** A bundle whose checks passed. */
export interface ReadBundle {
  bundle: Bundle;
  /** In the order that the version is computed in. */
  files: SourceFile[];
  /** A sentence for each thing that would be refused in a new bundle; it is in force already. */
  problems: string[];
  /** What its author should know or say, a sentence each; refuses nothing. */
  questions: string[];
  runCases(): CaseSummary;
  /**
   * Its connectors, with the settings of this process. In a bundle that is active already, one
   * whose settings are missing or wrong has a `fault`.
   * @throws Error with a sentence when that is so in a new bundle
   */
  connect(): ReadonlyMap<string, Connector>;
}

/** The kinds of things that a bundle consists of. */
export const PART_KINDS = [
  'action',
  'rule',
  'tiers',
  'limit',
  'duplicates',
  'defaults',
  'connector',
  'case',
] as const;
export type PartKind = (typeof PART_KINDS)[number];

/** One thing of a bundle as its file says it. */
export interface BundlePart {
  kind: PartKind;
  id: string;
  content: JsonObject;
}

/** Turns files into what decides and calls. */
export interface BundleReader {
  /**
   * @param name how messages name the bundle: a folder or a version
   * @param use what newer checks find is refused in a new bundle, and in one that is active
   *   already only told
   * @throws AppError `bundle_invalid` with every problem
   */
  read(files: SourceFile[], name: string, use?: 'active' | 'new'): ReadBundle;
  /** Everything that can be read, without any check: two bundles can be compared, valid or not. */
  parts(files: SourceFile[]): BundlePart[];
}
