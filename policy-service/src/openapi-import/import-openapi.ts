import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SourceFile } from '../application/ports';
import { loadBundle } from '../bundle/load-bundle';
import { runPolicyCases } from '../bundle/policy-cases';
import { BUNDLE_FOLDERS } from '../bundle/source-files';
import { OpenApiDocument } from './document';
import { ImportError } from './import-error';
import { listPaths, type ImportOperation } from './operations';
import { snakeCase } from './names';
import { writeFiles, type ImportChoice, type ImportedFiles } from './write-files';

export interface ImportOptions {
  /** Ids of operations, or `METHOD /path`; `all` for every one. */
  operations: string[] | 'all';
  /** Folder of the bundle. */
  out: string;
  connector?: string;
  baseUrl?: string;
  /** `operation=/pointer` or `operation=none`: what names the written record in an answer. */
  references?: string[];
  /** Overwrite files that are there. */
  force: boolean;
}

export interface ImportResult extends Omit<ImportedFiles, 'files'> {
  connector: string;
  /** Paths of what was written, below the folder. */
  written: string[];
}

/** A bundle needs rules; where there are none yet, these leave every decision to the stages. */
const FIRST_RULES: SourceFile = {
  path: 'policies/rules.yaml',
  text: '# No rule yet: the stage of each action decides.\nrules: []\n',
};

/**
 * Writes catalogue, connector and test cases for chosen operations of a document. The whole folder
 * is checked and tested before the first file is written.
 * @param source file or URL of the document
 * @throws ImportError, BundleError
 */
export function importOpenApi(text: string, source: string, options: ImportOptions): ImportResult {
  const document = OpenApiDocument.parse(text, source);
  const connector = connectorId(document, options.connector);
  const { operations, unreadable } = listPaths(document);
  const choice: ImportChoice = {
    operations: chosen(operations, options.operations),
    references: referencesOf(options.references ?? [], operations),
    connector,
    baseUrl: options.baseUrl,
    source,
  };
  const { files, ...rest } = writeFiles(document, choice);
  if (options.operations === 'all') rest.skipped.push(...unreadable);
  if (files.length === 0) {
    const reasons = rest.skipped.map(({ operation, reason }) => `  ${operation}: ${reason}`);
    throw new ImportError(`Nothing can be imported:\n${reasons.join('\n')}`);
  }
  const existing = existingFiles(options.out);
  const taken = files.filter(({ path }) => existing.some((one) => one.path === path));
  if (taken.length > 0 && !options.force) {
    const paths = taken.map(({ path }) => path).join(', ');
    throw new ImportError(
      `Nothing was written, because ${options.out} already holds ${paths}. Use --connector with another id, or --force to overwrite.`,
    );
  }
  const rules = existing.some(({ path }) => path.startsWith('policies/')) ? [] : [FIRST_RULES];
  const written = [...files, ...rules];
  assertGood(
    [...existing.filter((one) => !taken.some(({ path }) => path === one.path)), ...written],
    options.out,
  );
  for (const { path, text: content } of written) {
    const target = join(options.out, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  return { connector, written: written.map(({ path }) => path), ...rest };
}

function connectorId({ root }: OpenApiDocument, given: string | undefined): string {
  const info = root['info'] as { title?: unknown } | undefined;
  const made = snakeCase(String(info?.title ?? ''))
    .replace(/_/g, '-')
    .slice(0, 20)
    .replace(/-+$/, '');
  const id = given ?? (/^[a-z]/.test(made) ? made : 'imported');
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(id)) {
    throw new ImportError(
      `"${id}" cannot be the id of a connector. Write small letters, digits and -, a letter first.`,
    );
  }
  return id;
}

/** @throws ImportError */
function referencesOf(given: string[], all: ImportOperation[]): Map<string, string> {
  return new Map(
    given.map((text): [string, string] => {
      const at = text.lastIndexOf('=');
      const [id, pointer] = [text.slice(0, at), text.slice(at + 1)];
      if (at < 1 || !all.some((one) => one.id === id) || !/^(none|\/.+)$/.test(pointer)) {
        throw new ImportError(
          `--reference "${text}" is not understood. Write operation=/member or operation=none, with an id that --list shows.`,
        );
      }
      return [id, pointer];
    }),
  );
}

function chosen(all: ImportOperation[], wanted: string[] | 'all'): ImportOperation[] {
  if (wanted === 'all') return all;
  return wanted.map((name) => {
    const found = all.find((one) => one.id === name || `${one.method} ${one.path}` === name);
    if (!found) {
      throw new ImportError(
        `There is no operation "${name}". Use --list to see all, and give an id or "POST /path".`,
      );
    }
    return found;
  });
}

/** YAML files of a folder that may not be a bundle yet. */
function existingFiles(folder: string): SourceFile[] {
  return BUNDLE_FOLDERS.flatMap((part) => {
    if (!existsSync(join(folder, part))) return [];
    const names = readdirSync(join(folder, part)).filter((name) => /\.ya?ml$/.test(name));
    return names.map((name) => ({
      path: `${part}/${name}`,
      text: readFileSync(join(folder, part, name), 'utf8'),
    }));
  });
}

/** @throws BundleError, ImportError */
function assertGood(files: SourceFile[], folder: string): void {
  const report = runPolicyCases(loadBundle(files, folder));
  const failed = report.results.find(({ passed }) => !passed);
  if (failed) {
    throw new ImportError(
      `Nothing was written, because a test case of the bundle would fail: ${failed.name}: ${failed.differences.join(' ')}`,
    );
  }
}
