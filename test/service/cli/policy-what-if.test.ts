import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { bundleFolder } from '../bundle-folder';
import { TestService } from '../harness';
import { BIN, cli } from './processes';

/** policy test, simulate and shadow as people run them: real processes, exit codes, both streams. */
const SHIPPED = resolve(__dirname, '../../../policy-service');

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
const bundle = (...args: Parameters<typeof bundleFolder>): string => {
  const folder = bundleFolder(...args);
  folders.push(folder);
  return folder;
};

/** A data directory in which no service ever ran. */
const nowhere = { EXECUTION_LAYER_DATA_DIR: join(mkdtempSync(join(tmpdir(), 'el-')), 'none') };

const lowerThreshold = (text: string): string =>
  text.replaceAll('decimal("10000")', 'decimal("1000")');

describe('policy test', () => {
  test('passes for the shipped bundle, and shows every rule both ways', () => {
    const run = cli(['policy', 'test'], nowhere);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/\n[1-9][0-9]* passed, 0 failed\.\n$/);
    expect(run.stdout).toContain('ok      A payment of exactly 10,000 passes');
  });

  test('a failing case ends with code 1, and tells where it is and what came out', () => {
    const folder = bundle({ edit: { 'policies/shipped.yaml': lowerThreshold } });
    const run = cli(['policy', 'test', folder], nowhere);
    expect(run.status).toBe(1);
    expect(run.stdout).toMatch(
      /FAILED {2}A payment of exactly 10,000 passes \(tests\/payments\.yaml:\d+\)\n +effect: expected allow, got require_approval \(A payment above 10,000 needs/,
    );
    expect(run.stdout).toMatch(/reasons: got payment-above-10000, which is not expected/);
    const json = cli(['policy', 'test', folder, '--json', '--filter', 'exactly 10,000'], nowhere);
    expect(json.status).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      passed: 0,
      failed: 1,
      results: [{ passed: false, where: expect.stringMatching(/^tests\/payments\.yaml:\d+$/) }],
    });
  });

  test('a rule that no case shows is a warning', () => {
    const rule = `rules:
  - id: never-tried
    actions: [ticket.route]
    when: arguments.queue == "hr"
    effect: block
    message: Never tried.
`;
    const run = cli(['policy', 'test', bundle({ files: { 'policies/new.yaml': rule } })], nowhere);
    expect(run.status).toBe(0);
    expect(run.stdout).toContain('never-tried: no case matches it\n');
  });

  test.each([
    [
      'an unknown key',
      'cases:\n  - name: x\n    request: { action: ticket.route }\n    expect: { efect: allow }\n',
      /tests\/new\.yaml:4: .*efect.*not a known field/,
    ],
    [
      'a moment and an hour',
      'cases:\n  - name: x\n    request: { action: ticket.route }\n    now: 2026-01-01T00:00:00Z\n    hour: 3\n    expect: { effect: allow }\n',
      /tests\/new\.yaml:2: x: now .* hour/,
    ],
  ])('%s in a case is told with file and line', (_what, text, sentence) => {
    const run = cli(['policy', 'test', bundle({ files: { 'tests/new.yaml': text } })], nowhere);
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(sentence);
  });

  test('a case that names no record which is looked up says so', () => {
    const text = `cases:
  - name: A ticket without its record
    request: { action: ticket.route, arguments: { ticket_id: T-3001, queue: hr } }
    expect: { effect: allow }
`;
    const run = cli(['policy', 'test', bundle({ files: { 'tests/new.yaml': text } })], nowhere);
    expect(run.status).toBe(1);
    expect(run.stdout).toMatch(/facts\.ticket is looked up for these arguments/);
  });
});

describe('policy simulate', () => {
  const FACTS = JSON.stringify({
    vendor: { vendor_id: 'V-1001', name: 'Acme Supplies', status: 'active' },
  });
  const ARGUMENTS = JSON.stringify({ vendor_id: 'V-1001', amount: '12000', currency: 'EUR' });
  const ASK = ['policy', 'simulate', '--action', 'vendor_payment.create', '--arguments', ARGUMENTS];

  test('explains a request without a service, a database or an ERP', () => {
    const run = cli([...ASK, '--facts', FACTS, '--confidence', '0.5'], nowhere);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/^Effect: require_approval\n/);
    expect(run.stdout).toContain('Approval by 1 finance_approver, then 1 reviewer, within 72 h');
    expect(run.stdout).toMatch(/Matches:\n(.*\n)*? +payment-above-10000 {2}\[require_approval\]\n/);
    expect(run.stdout).toMatch(/Does not match:\n(.*\n)*? +vendor-inactive {2}\[block\]\n/);
    expect(run.stdout).toContain('facts.vendor.status = "active"');
    expect(run.stdout).toMatch(
      /vendor-payments-24h +V-1001, EUR +0\.00 +12000\.00 +25000\.00 +within/,
    );
  });

  test('takes the request from a file and the policy from a folder', () => {
    const folder = bundle({ edit: { 'policies/shipped.yaml': lowerThreshold } });
    const file = join(folder, 'request.json');
    writeFileSync(
      file,
      JSON.stringify({
        action: 'vendor_payment.create',
        arguments: { vendor_id: 'V-1001', amount: '2000', currency: 'EUR' },
        requestedBy: 'ana@example.com',
        facts: JSON.parse(FACTS),
      }),
    );
    const with_ = (choice: string): string =>
      JSON.parse(
        cli(['policy', 'simulate', '--request', file, '--bundle', choice, '--json'], nowhere)
          .stdout,
      ).effect;
    expect(with_(folder)).toBe('require_approval');
    expect(with_(SHIPPED)).toBe('allow');
  });

  test.each([
    ['nothing to ask', ['policy', 'simulate'], /Name the request/],
    ['arguments that are no JSON', [...ASK.slice(0, 5), '{vendor}'], /--arguments is not JSON/],
    ['a confidence that is none', [...ASK, '--confidence', 'high'], /confidence/],
    ['a policy that is not there', [...ASK, '--bundle', 'sha256:0'], /no folder sha256:0/],
    [
      'a replay without a database',
      ['policy', 'simulate', '--replay', '--from', '2026-01-01'],
      /no database/,
    ],
    ['a replay without a period', ['policy', 'simulate', '--replay'], /--from/],
  ])('%s is one sentence and code 1', (_what, args, sentence) => {
    const run = cli(args, nowhere);
    expect(run).toMatchObject({ status: 1, stdout: '' });
    expect(run.stderr).toMatch(/^execution-layer: .*\n$/);
    expect(run.stderr).toMatch(sentence);
  });
});

describe('beside a running service', () => {
  let service: TestService;
  let settings: Record<string, string>;
  let ids: string[];
  beforeAll(async () => {
    const trial = `rules:
  - id: on-trial
    actions: [vendor_payment.create]
    when: arguments.currency == "EUR"
    effect: block
    message: No euros.
    mode: log_only
`;
    service = await TestService.start({
      EXECUTION_LAYER_BUNDLE_DIR: bundle({ files: { 'policies/trial.yaml': trial } }),
    });
    settings = {
      EXECUTION_LAYER_DATA_DIR: service.dataDir,
      EXECUTION_LAYER_MOCK_ERP_URL: service.erpUrl,
    };
    ids = [];
    for (const [amount, currency] of [
      ['2500.00', 'USD'],
      ['900.00', 'USD'],
      ['1200.00', 'EUR'],
    ]) {
      const args = { vendor_id: 'V-1001', amount, currency };
      ids.push((await service.tool('vendor_payment.create', args)).body.id);
    }
  });
  afterAll(() => service.stop());

  test('simulate looks up records and limits as they are now, and stores nothing', async () => {
    const head = await service.service.deps.store.log.head();
    const args = JSON.stringify({ vendor_id: 'V-1001', amount: '1', currency: 'USD' });
    // The ERP is in this process, so the command must not keep it from answering.
    const run = await promisify(execFile)(
      process.execPath,
      [
        BIN,
        'policy',
        'simulate',
        '--action',
        'vendor_payment.create',
        '--arguments',
        args,
        '--json',
      ],
      { env: { PATH: process.env['PATH'], ...settings } },
    );
    const answer = JSON.parse(run.stdout);
    expect(answer).toMatchObject({
      effect: 'allow',
      policyVersion: service.service.deps.bundle().version,
      facts: { vendor: 'looked_up' },
      decision: {
        limits: [
          { limitId: 'vendor-payments-24h', used: '3400.00' },
          { limitId: 'payment-repeated', used: '0' },
        ],
      },
    });
    expect(await service.service.deps.store.log.head()).toEqual(head);
  });

  test('replay prints what would change as a table, and its progress on stderr', () => {
    const folder = bundle({ edit: { 'policies/shipped.yaml': lowerThreshold } });
    const args = ['policy', 'simulate', '--replay', '--from', '2020-01-01', '--bundle', folder];
    const run = cli(args, settings);
    expect(run.status).toBe(0);
    expect(run.stderr).toMatch(/^3 decisions read, 2 would change/);
    expect(run.stdout).toMatch(/3 decisions, 2 would change, 1 stay, 0 cannot be told\./);
    expect(run.stdout).toMatch(/allow -> require_approval +2 +1200\.00 EUR, 2500\.00 USD/);
    expect(run.stdout).toMatch(new RegExp(`${ids[0]} .* 2500\\.00 USD .* payment-above-10000`));
    const json = JSON.parse(cli([...args, '--json'], settings).stdout);
    expect(json.items.map(({ requestId }: { requestId: string }) => requestId)).toEqual([
      ids[0],
      ids[2],
    ]);
  });

  test('shadow tells what the rule on trial would have done', () => {
    const run = cli(['policy', 'shadow'], settings);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/on-trial +1 +1 +1 allow -> block +1200\.00 EUR/);
    expect(run.stdout).toContain(ids[2]);
    expect(JSON.parse(cli(['policy', 'shadow', '--json'], settings).stdout)).toMatchObject({
      decisions: 3,
      rules: [{ ruleId: 'on-trial', flipped: 1 }],
      items: [{ requestId: ids[2], to: 'block' }],
    });
  });
});
