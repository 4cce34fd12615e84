import { bundleInvalid } from '../application/policies/assert-usable';
import type {
  BundlePart,
  BundleReader,
  CaseSummary,
  ReadBundle,
} from '../application/policies/bundle-reader';
import type { Connector, SourceFile } from '../application/ports';
import type { AppError } from '../domain/errors';
import type { JsonObject } from '../domain/request/request';
import type { ConnectorDefinition } from '../erp/connectors';
import { BundleError } from './bundle-error';
import { loadBundle, type LoadedBundle } from './load-bundle';
import { runPolicyCases } from './policy-cases';
import { bundleVersion, inOrder } from './source-files';
import { parseYamlFile, type BundleFile, type BundleProblem } from './yaml-file';

/** Makes the connectors of a bundle. @throws Error with a sentence on a setting */
export type Connect = (definitions: ConnectorDefinition[], use: 'active' | 'new') => Connector[];

/** Compiled bundles that are kept: storing, activating and asking read the same few again. */
const KEPT = 8;

/** Reads bundles as the service does. */
export function createBundleReader(connect: Connect): BundleReader {
  const kept = new Map<string, LoadedBundle>();
  const loadOnce = (files: SourceFile[], name: string): LoadedBundle => {
    const version = bundleVersion(inOrder(files));
    const loaded = kept.get(version) ?? readBundle(files, name, 'active');
    // The latest comes last, the one to go first.
    kept.delete(version);
    kept.set(version, loaded);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return loaded;
  };
  return {
    read(files, name, use = 'new'): ReadBundle {
      const loaded = loadOnce(files, name);
      assertNew(loaded, files, name, use);
      return {
        problems: loaded.problems.map(sentenceOf),
        questions: loaded.questions.map(sentenceOf),
        bundle: loaded.bundle,
        files: loaded.files,
        runCases: () => casesOf(loaded),
        connect: () => new Map(connect(loaded.connectors, use).map((one) => [one.id, one])),
      };
    },
    parts: partsOfFiles,
  };
}

/** Runs the test cases of a bundle. */
export function casesOf(loaded: LoadedBundle): CaseSummary {
  const { passed, results } = runPolicyCases(loaded);
  const failed = results.filter((result) => !result.passed);
  return {
    passed,
    failures: failed.map(
      ({ where, name, differences }) =>
        `${where}: the test case "${name}" fails: ${differences.join(' ')}`,
    ),
  };
}

/** Everything that can be read, without any check. */
export function partsOfFiles(files: SourceFile[]): BundlePart[] {
  return inOrder(files)
    .flatMap((file) => parseYamlFile(file, []))
    .flatMap(partsOf);
}

/** What is in force goes on with its problems; what is new is refused for them. */
function assertNew(
  { problems }: LoadedBundle,
  files: SourceFile[],
  name: string,
  use: 'active' | 'new',
): void {
  if (use === 'new' && problems.length > 0) throw refusal(name, problems, files);
}

function sentenceOf({ where, message }: BundleProblem): string {
  return `${where}: ${message}`;
}

/** As BundleReader reads it. @throws AppError `bundle_invalid` */
export function readBundle(files: SourceFile[], name: string, use: 'active' | 'new'): LoadedBundle {
  try {
    const loaded = loadBundle(files, name, 'active');
    assertNew(loaded, files, name, use);
    return loaded;
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    throw refusal(name, error.problems, files);
  }
}

function refusal(name: string, problems: BundleProblem[], files: SourceFile[]): AppError {
  return bundleInvalid(
    name,
    problems.map((problem) => ({
      pointer: pointerTo(problem, files),
      code: 'check',
      message: `${problem.where}: ${problem.message}`,
    })),
  );
}

/** Points at the text of the file that a problem names, or at the list. */
function pointerTo({ where }: BundleProblem, files: SourceFile[]): string {
  const index = files.findIndex(
    ({ path }) =>
      where === path || (/^[:/ ]/.test(where.slice(path.length)) && where.startsWith(path)),
  );
  return index < 0 ? '/files' : `/files/${index}/text`;
}

/** Folder of a file -> the parts in it. */
function partsOf({ path, value }: BundleFile): BundlePart[] {
  const content = isObject(value) ? value : {};
  switch (path.split('/')[0]) {
    case 'catalogue':
      return named('action', [content]);
    case 'connectors':
      return named('connector', [content]);
    case 'tests':
      return named('case', content['cases'], 'name');
    case 'policies':
      return [
        ...named('rule', content['rules']),
        ...named('tiers', content['tiers']),
        ...named('limit', content['limits']),
        ...named('duplicates', content['duplicates']),
        ...(isObject(content['defaults'])
          ? [{ kind: 'defaults' as const, id: 'defaults', content: content['defaults'] }]
          : []),
      ];
    default:
      return [];
  }
}

function named(kind: BundlePart['kind'], list: unknown, key = 'id'): BundlePart[] {
  if (!Array.isArray(list)) return [];
  return list
    .filter(isObject)
    .map((content) => ({ kind, id: String(content[key] ?? ''), content }));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
