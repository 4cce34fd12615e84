import { Command } from 'commander';
import { loadBundle } from '../../bundle/load-bundle';
import { runPolicyCases, type CaseReport, type CaseResult } from '../../bundle/policy-cases';
import { readBundleFolder } from '../../bundle/read-folder';
import { readConfig } from '../../config';
import { AppError } from '../../domain/errors';

interface TestOptions {
  filter?: string;
  json?: boolean;
}

export function policyTestCommand(): Command {
  return new Command('test')
    .argument('[folder]', 'folder of the bundle (default: EXECUTION_LAYER_BUNDLE_DIR)')
    .description("Run a bundle's own test cases (tests/*.yaml); no ERP and no data are needed")
    .option('--filter <text>', 'only cases whose name or file holds this text')
    .option('--json', 'as JSON')
    .action((folder: string | undefined, options: TestOptions) => {
      const tested = folder ?? readConfig(process.env).bundleDir;
      const loaded = loadBundle(readBundleFolder(tested), tested);
      const { filter } = options;
      const cases = loaded.cases.filter(({ name, where }) => holds(`${where} ${name}`, filter));
      if (filter !== undefined && cases.length === 0) {
        throw new AppError(
          'not_found',
          `No case of ${tested} has "${filter}" in its name or file.`,
        );
      }
      const report = runPolicyCases(loaded, cases);
      // A part of the cases says nothing on what all of them cover.
      const told = filter === undefined ? report : { ...report, uncovered: [] };
      if (options.json) process.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
      else process.stdout.write(reportText(told));
      if (report.failed > 0) process.exitCode = 1;
    });
}

function holds(text: string, part: string | undefined): boolean {
  return part === undefined || text.toLowerCase().includes(part.toLowerCase());
}

function reportText({ results, passed, failed, uncovered }: CaseReport): string {
  if (results.length === 0) return 'There are no test cases: write them in tests/*.yaml.\n';
  const byFile = new Map<string, CaseResult[]>();
  for (const result of results) {
    const file = result.where.replace(/:\d+$/, '');
    byFile.set(file, [...(byFile.get(file) ?? []), result]);
  }
  const lines = [...byFile].flatMap(([file, own]) => [
    file,
    ...own.flatMap((result) => [
      `  ${result.passed ? 'ok    ' : 'FAILED'}  ${result.name}${result.passed ? '' : ` (${result.where})`}`,
      ...result.differences.map((difference) => `            ${difference}`),
    ]),
  ]);
  const total = `${passed} passed, ${failed} failed.`;
  const warning = uncovered.map(
    ({ ruleId, neverMatched, neverAvoided }) =>
      `  ${ruleId}: no case ${[neverMatched ? 'matches it' : '', neverAvoided ? 'avoids it' : ''].filter(Boolean).join(', and none ')}`,
  );
  return [
    ...lines,
    '',
    total,
    ...(warning.length > 0 ? ['', 'Not shown both ways (a warning):', ...warning] : []),
    '',
  ].join('\n');
}
