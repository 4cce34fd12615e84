import { Command } from 'commander';
import pino from 'pino';
import {
  diffBundles,
  type BundleDiff,
  type FieldChange,
} from '../../application/policies/diff-bundles';
import type { Store } from '../../application/ports';
import { bundleReader } from '../../compose';

import { readConfig } from '../../config';
import { ServiceClock } from '../../system/service-clock';
import { withExistingStore } from '../offline';
import { bundleOf } from './bundle-argument';

const BUNDLE = 'a folder, a stored version or its first characters, or "active"';

export function policyDiffCommand(): Command {
  return new Command('diff')
    .argument('<from>', BUNDLE)
    .argument('<to>', BUNDLE)
    .description('Show what changes from one bundle to another, by meaning and line by line')
    .option('--json', 'as JSON')
    .action(async (from: string, to: string, options: { json?: boolean }) => {
      const read = <T>(work: (store: Store) => Promise<T>): Promise<T> =>
        withExistingStore((deps) => work(deps.store));
      const before = await bundleOf(from, read);
      const after = await bundleOf(to, read);
      const reader = bundleReader(readConfig(process.env), process.env, {
        log: pino({ level: 'silent' }),
        clock: new ServiceClock(),
      });
      const diff = diffBundles(reader, before.files, after.files);
      const whole = { from: before.version, to: after.version, ...diff };
      process.stdout.write(
        options.json
          ? `${JSON.stringify(whole, null, 2)}\n`
          : `from ${whole.from}\nto   ${whole.to}\n\n${diffText(diff)}\n`,
      );
    });
}

function diffText({ parts, files }: BundleDiff): string {
  if (files.length === 0) return 'They are the same.';
  const meaning = parts.flatMap(({ kind, id, change, fields }) => [
    `${change.padEnd(7)}  ${kind}${kind === 'defaults' ? '' : ` ${id}`}`,
    ...(change === 'changed' ? fields.map(fieldText) : []),
  ]);
  const lines = files.flatMap(({ path, change, lines: changed }) => [
    '',
    `--- ${change === 'added' ? 'nothing' : path}`,
    `+++ ${change === 'removed' ? 'nothing' : path}`,
    ...changed,
  ]);
  return [...(meaning.length > 0 ? meaning : ['Only comments or layout differ.']), ...lines].join(
    '\n',
  );
}

function fieldText({ path, from, to }: FieldChange): string {
  const shown = (value: FieldChange['from']): string =>
    value === undefined ? '(nothing)' : JSON.stringify(value);
  return `           ${path}: ${shown(from)} -> ${shown(to)}`;
}
