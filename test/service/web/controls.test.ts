import { AppError } from '../../../policy-service/src/domain/errors';
import { ANONYMOUS, browse, textOf } from './browser';
import { CSRF, fakeDeps, type World } from './fake-deps';
import { ago, paymentApproval, paymentRequest, PERSON, stopOf } from './samples';

const ONE_ACTION = stopOf({
  id: 'ctl_01JNAACTION',
  target: { kind: 'action', id: 'vendor_payment.create' },
});
const LIFTED = stopOf({
  id: 'ctl_01JNAOLD',
  target: { kind: 'requester', id: 'ana@example.com' },
  liftedAt: ago(3),
  liftedBy: 'olga@example.com',
  liftReason: 'A false alarm',
});
const order = (changes: Record<string, string> = {}) => ({
  csrf: CSRF,
  target: 'all',
  requester: '',
  reason: 'Odd payments',
  confirm: 'yes',
  ...changes,
});

async function read(path: string, world: Partial<World>, init?: RequestInit) {
  const browser = await browse(fakeDeps(world).deps);
  const answer = await browser.get(path, init);
  const html = await answer.text();
  return { status: answer.status, html, text: textOf(html) };
}

describe('the banner', () => {
  const world = (stops: World['stops'], more: Partial<World> = {}): Partial<World> => ({
    approvals: [paymentApproval()],
    requests: [paymentRequest()],
    stops,
    ...more,
  });
  const signedIn = ['/inbox', '/inbox/apr_01JNAPAYMENT', '/requests', '/requests/req_01JNAPAYMENT'];
  signedIn.push('/controls', '/inbox/unknown');

  it.each(signedIn)('stands on %s with what, why, who and when', async (path) => {
    const { text } = await read(path, world([ONE_ACTION, stopOf({ reason: 'Month end' })]));
    expect(text).toContain('Execution is stopped: everything. Month end (by ops@example.com, 12');
    expect(text).toContain('Also stopped: the action vendor_payment.create.');
  });

  it.each(signedIn)('is not on %s while nothing is stopped', async (path) => {
    expect((await read(path, world([LIFTED]))).html).not.toContain('stop-banner');
  });

  it('counts what is too much to name', async () => {
    const stops = Array.from({ length: 6 }, (_, n) =>
      stopOf({ id: `ctl_${n}`, target: { kind: 'action', id: `action.${n}` }, at: ago(60 - n) }),
    );
    const { text } = await read('/inbox', world(stops));
    expect(text).toContain(
      'Execution is stopped: the action action.0. The bank reports odd payments',
    );
    expect(text).toContain('the action action.3, 2 more.');
  });

  const SECRET = /bank|odd payments|ops@example|ctl_|vendor_payment/;
  it.each(['/sign-in', '/status/st_SAMPLE_TOKEN', '/status/unknown'])(
    'tells the public on %s that everything is stopped, and not why or by whom',
    async (path) => {
      const { html } = await read(path, world([stopOf()]), { headers: ANONYMOUS });
      expect(textOf(html)).toContain('Execution is stopped at the moment.');
      expect(html).not.toMatch(SECRET);
    },
  );

  it('tells a requester that their own request is held back, and not what else is', async () => {
    const path = '/status/st_SAMPLE_TOKEN';
    const held = await read(path, world([ONE_ACTION], { stop: ONE_ACTION }));
    expect(held.text).toContain('This request is held back at the moment.');
    expect(held.html).not.toMatch(SECRET);
    const free = await read(path, world([ONE_ACTION]));
    expect(free.html).not.toContain('stop-banner');
  });
});

describe('a request and its approval', () => {
  const world = { approvals: [paymentApproval()], requests: [paymentRequest()], stop: ONE_ACTION };

  it('say that a stop holds them back', async () => {
    expect((await read('/requests/req_01JNAPAYMENT', world)).text).toContain(
      'Waiting for approval by finance approver. Execution is stopped: The bank reports odd payments.',
    );
    const approval = (await read('/inbox/apr_01JNAPAYMENT', world)).text;
    expect(approval).toContain(
      'Execution is stopped: The bank reports odd payments. You can decide',
    );
    expect(approval).toContain('Approve');
  });
});

describe('the controls', () => {
  const stops = [stopOf(), ONE_ACTION, LIFTED];

  it('list what is stopped and what was lifted, with everything that is recorded', async () => {
    const { text, html } = await read('/controls', { stops });
    for (const words of [
      'The action vendor_payment.create The bank reports odd payments Stopped by ops@example.com',
      'The requester ana@example.com',
      'Lifted by olga@example.com',
      'A false alarm',
    ]) {
      expect(text).toContain(words);
    }
    expect(html.match(/action="\/controls\/ctl_\w+\/lift"/g)).toEqual([
      'action="/controls/ctl_01JNASTOP/lift"',
      'action="/controls/ctl_01JNAACTION/lift"',
    ]);
  });

  it('offer the catalogue, connectors and tokens', async () => {
    const { html } = await read('/controls', {});
    const values = [...html.matchAll(/<option[^>]* value="([^"]+)"/g)].map(([, value]) => value);
    expect(values).toEqual([
      'all',
      'requester',
      'action:vendor_payment.create',
      'connector:mock-erp',
      'token:tok_01JNA',
    ]);
    expect(textOf(html)).toContain('Nothing is stopped');
  });

  it('show to others why they cannot act, and no form', async () => {
    const operate = { allowed: false, why: 'This needs the role operator.' } as const;
    const { text, html } = await read('/controls', { stops, operate });
    expect(text).toContain('You cannot stop or lift anything here. This needs the role operator.');
    expect(html).not.toMatch(/action="\/controls/);
  });

  it('page through everything that was lifted', async () => {
    const many = Array.from({ length: 60 }, (_, n) => stopOf({ ...LIFTED, id: `ctl_${n}` }));
    const browser = await browse(fakeDeps({ stops: many }).deps);
    const seen: string[] = [];
    let path = '/controls';
    for (let turn = 0; path !== '' && turn < 9; turn += 1) {
      const html = await (await browser.get(path)).text();
      seen.push(...[...html.matchAll(/>(ctl_\d+)</g)].map(([, id]) => id ?? ''));
      path = (/href="(\/controls\?[^"]*)" rel="next"/.exec(html)?.[1] ?? '').replace('&amp;', '&');
    }
    expect(seen).toEqual(many.map(({ id }) => id));
  });
});

describe('the forms', () => {
  it.each([
    [{ target: 'all' }, { kind: 'all' }],
    [{ target: 'action:vendor_payment.create' }, { kind: 'action', id: 'vendor_payment.create' }],
    [{ target: 'connector:mock-erp' }, { kind: 'connector', id: 'mock-erp' }],
    [{ target: 'token:tok_01JNA' }, { kind: 'token', id: 'tok_01JNA' }],
    [
      { target: 'requester', requester: 'Ana' },
      { kind: 'requester', id: 'Ana' },
    ],
  ])('stop %j as the person who sent them', async (fields, target) => {
    const { deps, calls } = fakeDeps();
    const answer = await (await browse(deps)).post('/controls', order(fields));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/controls']);
    const input = { person: PERSON.email, target, reason: 'Odd payments' };
    expect(calls).toEqual([{ name: 'stop', input }]);
  });

  it('lift with a reason', async () => {
    const { deps, calls } = fakeDeps({ stops: [stopOf()] });
    const answer = await (
      await browse(deps)
    ).post('/controls/ctl_01JNASTOP/lift', { csrf: CSRF, reason: 'All clear' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/controls']);
    const input = { person: PERSON.email, id: 'ctl_01JNASTOP', reason: 'All clear' };
    expect(calls).toEqual([{ name: 'lift', input }]);
  });

  it.each([
    ['no confirmation', { confirm: '' }, 'Tick the box'],
    ['no target', { target: '' }, 'Choose what to stop.'],
    ['a target that is none', { target: 'planet:earth' }, 'Choose what to stop.'],
  ])('with %s are shown again with what was typed', async (_name, fields, sentence) => {
    const { deps, calls } = fakeDeps();
    const answer = await (await browse(deps)).post('/controls', order(fields));
    const html = await answer.text();
    expect(answer.status).toBe(400);
    expect(textOf(html)).toContain(sentence);
    expect(html).toMatch(/<textarea[^>]*>Odd payments<\/textarea>/);
    expect(calls).toEqual([]);
  });

  it('that the service refuses are shown again with its sentence', async () => {
    const answer = await (await browse(fakeDeps().deps)).post('/controls', order({ reason: '' }));
    expect([answer.status, textOf(await answer.text()).includes('Say why.')]).toEqual([400, true]);
  });

  it.each(['/controls', '/controls/ctl_01JNASTOP/lift'])(
    '%s pass only with the session, its token, and from here',
    async (path) => {
      const { deps, calls } = fakeDeps({ stops: [stopOf()] });
      const browser = await browse(deps);
      const attempts = [
        await browser.post(path, order({ csrf: 'another' })),
        await browser.post(path, { ...order(), csrf: '' }),
        await browser.post(path, order(), { origin: 'https://evil.example' }),
        await browser.post(path, order(), ANONYMOUS),
      ];
      expect(attempts.map(({ status }) => status)).toEqual([403, 403, 403, 303]);
      expect(attempts[3]?.headers.get('location')).toBe('/sign-in?next=%2Fcontrols');
      expect(calls).toEqual([]);
    },
  );

  it('of somebody who lost the role meanwhile are refused with a way back', async () => {
    const { deps } = fakeDeps(
      {},
      {
        async stop() {
          throw new AppError('insufficient_scope', 'This needs the role operator.');
        },
      },
    );
    const answer = await (await browse(deps)).post('/controls', order());
    expect(answer.status).toBe(403);
    expect(textOf(await answer.text())).toContain('This needs the role operator.');
  });
});

describe('while the audit log is damaged', () => {
  const logProblem = 'Entry 7 was changed.';

  it('neither a stop nor a lift is offered, nor anything said to go on', async () => {
    const { html, text } = await read('/controls', { stops: [ONE_ACTION], logProblem });
    expect(html).not.toMatch(/<form[^>]*action="\/controls/);
    expect(text).toContain('nothing is begun, decided or approved, stopped or not');
    expect(text).not.toContain('go on; what is being written');
  });

  it('no decision is offered, which could not be recorded', async () => {
    const world = { approvals: [paymentApproval()], requests: [paymentRequest()] };
    const vote = /<button[^>]*value="approve"/;
    expect((await read('/inbox/apr_01JNAPAYMENT', world)).html).toMatch(vote);
    const { html, text } = await read('/inbox/apr_01JNAPAYMENT', { ...world, logProblem });
    expect(html).not.toMatch(vote);
    expect(text).toContain('No decision can be recorded while the audit log is damaged.');
  });
});
