import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { n8nEnvironment } from '../../scripts/stack/n8n-environment';
import { ensureN8n } from '../../scripts/stack/n8n-runtime';
import { REPO_ROOT } from '../../scripts/stack/paths';

jest.setTimeout(300_000);

test('the published package installs in an empty n8n and shows six nodes and their tools', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'execution-layer-package-'));
  try {
    const packed = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
        cwd: REPO_ROOT,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as { filename: string; files: { path: string }[] }[];
    const [tarball] = packed;
    const outside = (tarball?.files ?? [])
      .map(({ path }) => path)
      .filter((path) => !/^(dist\/|package\.json$|README\.md$|LICENSE\.md$)/.test(path));
    expect(outside).toEqual([]);

    const nodes = join(folder, '.n8n', 'nodes');
    mkdirSync(nodes, { recursive: true });
    writeFileSync(
      join(nodes, 'package.json'),
      JSON.stringify({ name: 'installed-nodes', private: true }),
    );
    // n8n brings n8n-workflow itself.
    execFileSync(
      'npm',
      [
        'install',
        '--legacy-peer-deps',
        '--no-audit',
        '--no-fund',
        join(folder, tarball?.filename ?? ''),
      ],
      { cwd: nodes, stdio: 'ignore' },
    );
    const installed = JSON.parse(
      readFileSync(join(nodes, 'node_modules/n8n-nodes-execution-layer/package.json'), 'utf8'),
    ) as Record<string, unknown>;
    expect(installed['dependencies'] ?? {}).toEqual({});

    const { node, n8n } = await ensureN8n(() => undefined);
    const output = join(folder, 'nodes.json');
    const run = spawnSync(node, [n8n, 'export:nodes', `--output=${output}`], {
      env: n8nEnvironment({
        userFolder: folder,
        port: 5678,
        brokerPort: 5679,
        encryptionKey: 'only for listing nodes',
      }),
      encoding: 'utf8',
    });
    expect({ status: run.status, stderr: run.status === 0 ? '' : run.stderr }).toEqual({
      status: 0,
      stderr: '',
    });
    const names = (JSON.parse(readFileSync(output, 'utf8')) as { name: string }[])
      .map(({ name }) => name)
      .filter((name) => name.startsWith('n8n-nodes-execution-layer.'))
      .map((name) => name.slice('n8n-nodes-execution-layer.'.length));
    const six = [
      'auditLog',
      'erpExecute',
      'extractIntent',
      'guardrailDecide',
      'humanApproval',
      'validate',
    ];
    expect([...new Set(names)].sort()).toEqual(
      [...six, ...six.map((name) => `${name}Tool`), 'humanApprovalHitlTool'].sort(),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
