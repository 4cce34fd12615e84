import { browse, textOf } from './browser';
import { fakeDeps, type World } from './fake-deps';
import {
  ago,
  approvedApproval,
  executedRequest,
  invalidRequest,
  paymentApproval,
  paymentRequest,
  timelineOf,
} from './samples';

async function read(path: string, world: Partial<World>) {
  const browser = await browse(fakeDeps(world).deps);
  const answer = await browser.get(path);
  const html = await answer.text();
  return { status: answer.status, html, text: textOf(html) };
}
const waiting = (changes: Parameters<typeof paymentApproval>[0] = {}): Partial<World> => ({
  approvals: [paymentApproval(changes)],
  requests: [paymentRequest()],
});
const PAGE = '/inbox/apr_01JNAPAYMENT';

describe('the inbox', () => {
  it('tells who wants what, how much, why, and until when', async () => {
    const { text, html } = await read('/inbox', waiting());
    for (const words of [
      'Pay vendor: Acme Supplies (V-1001), 12,500.00 USD, INV-5001',
      'A payment above 10,000 needs the approval of finance.',
      'Requested by ana@example.com',
      'Expires in 2 days 23 h',
      'You decide as finance approver',
    ]) {
      expect(text).toContain(words);
    }
    expect(html).toContain(`href="${PAGE}"`);
  });

  it('shows before the click why somebody cannot decide', async () => {
    const may = { allowed: false, why: 'You requested this.' } as const;
    expect((await read('/inbox', { ...waiting(), may })).text).toContain('You requested this.');
  });

  it('separates what waits from what is decided', async () => {
    const world = { approvals: [paymentApproval(), approvedApproval()] };
    const link = (id: string) => `href="/inbox/${id}"`;
    const pending = (await read('/inbox', world)).html;
    expect(pending).toContain(link('apr_01JNAPAYMENT'));
    expect(pending).not.toContain(link('apr_01JNAAPPROVED'));
    for (const state of ['decided', 'approved']) {
      const decided = (await read(`/inbox?state=${state}`, world)).html;
      expect(decided).not.toContain(link('apr_01JNAPAYMENT'));
      expect(decided).toContain(link('apr_01JNAAPPROVED'));
    }
    expect((await read('/inbox?state=rejected', world)).text).toContain('Nothing here yet');
  });

  it('lists the newest decision first, whatever its outcome', async () => {
    const ended = (id: string, state: 'rejected' | 'expired' | 'approved', minutes: number) =>
      paymentApproval({ id, state, endedAt: ago(minutes) });
    const approvals = [
      ended('b', 'rejected', 5),
      ended('c', 'approved', 9),
      ended('a', 'expired', 1),
    ];
    const { html } = await read('/inbox?state=decided', { approvals });
    const order = [...html.matchAll(/href="\/inbox\/(\w)"/g)].map(([, id]) => id);
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it('lists requests that need a person, with what is wrong', async () => {
    const { text, html } = await read('/inbox', {
      requests: [invalidRequest(), executedRequest()],
    });
    expect(text).toContain('The vendor number is missing. Name it, for example V-1001.');
    expect(html).toContain('href="/requests/req_01JNAINVALID"');
    expect(html).not.toContain('req_01JNAEXECUTED');
  });

  it('says so when there is nothing', async () => {
    const { text } = await read('/inbox', {});
    expect(text).toContain('Nothing waits for approval');
    expect(text).toContain('Nothing to repair');
  });

  it('goes through pages without losing one', async () => {
    const approvals = Array.from({ length: 60 }, (_, index) =>
      paymentApproval({ id: `apr_${index}` }),
    );
    const browser = await browse(fakeDeps({ approvals }).deps);
    const found: string[] = [];
    for (let path: string | undefined = '/inbox'; path !== undefined;) {
      const html = await (await browser.get(path)).text();
      found.push(...[...html.matchAll(/href="\/inbox\/(apr_\d+)"/g)].map(([, id]) => id ?? ''));
      path = /href="([^"]*)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(found).toEqual(approvals.map((approval) => approval.id));
  });
});

describe('the page of an approval', () => {
  it('shows all that the vote binds', async () => {
    const { text } = await read(PAGE, waiting());
    const approval = paymentApproval();
    for (const words of [
      ...['V-1001', '12,500.00', 'USD', 'INV-5001', 'Acme Supplies', 'status active'],
      ...['ana@example.com', 'Unverified claim', 'ole.lund@example.com', '97 %', 'webhook'],
      ...['payment-above-10000', '14 min ago', approval.digest, approval.policyVersion],
      '4,000.00 USD used in 24 h + 12,500.00 USD of this request; at most 25,000.00 USD',
      'finance approver 0 of 1 Open',
    ]) {
      expect(text).toContain(words);
    }
  });

  it('marks the words that each argument was read from', async () => {
    const { html } = await read(PAGE, waiting());
    const marks = [...html.matchAll(/<mark>(.*?)<\/mark>/g)].map(([, mark = '']) => textOf(mark));
    expect(marks).toEqual([
      '12,500 amount ',
      'USD currency ',
      'V-1001 vendor id ',
      'INV-5001 invoice ref ',
    ]);
  });

  it('warns when the text does not hold what was quoted', async () => {
    const approval = paymentApproval();
    approval.shown.evidence = { amount: { text: '125', start: 4, end: 10 } };
    const { html, text } = await read(PAGE, { ...waiting(), approvals: [approval] });
    expect(text).toContain('The text does not contain what was quoted for amount');
    expect(html).not.toContain('<mark>');
  });

  it('leaves limits out that belong to another decision', async () => {
    const { text } = await read(PAGE, waiting({ digest: 'another' }));
    expect(text).not.toContain('used in 24 h');
  });

  it.each<[string, Partial<World>, string]>([
    ['who may not', { may: { allowed: false, why: 'You requested this.' } }, 'You requested this.'],
    ['after the deadline', waiting({ expiresAt: ago(0) }), 'The time to decide is over'],
    ['with an unreadable deadline', waiting({ expiresAt: 'x' }), 'The time to decide is over'],
    ['once rejected', waiting({ state: 'rejected' }), 'Nothing will be written.'],
    ['once superseded', waiting({ state: 'superseded' }), 'this approval no longer counts'],
  ])('has no form for those %s', async (_name, world, words) => {
    const { html, text } = await read(PAGE, { ...waiting(), ...world });
    expect(html).not.toContain('/vote');
    expect(text).toContain(words);
  });

  it('tells the voter how they voted', async () => {
    const world = { approvals: [approvedApproval()], requests: [executedRequest()] };
    const { text } = await read('/inbox/apr_01JNAAPPROVED', world);
    expect(text).toContain('You approved this as finance approver');
    expect(text).toContain('Invoice checked with purchasing.');
  });
});

describe('requests', () => {
  const requests = [paymentRequest(), executedRequest(), invalidRequest()];
  const ids = (html: string) => [...html.matchAll(/href="\/requests\/(\w+)"/g)].map(([, id]) => id);

  it.each([
    ['/requests', ['req_01JNAPAYMENT', 'req_01JNAEXECUTED', 'req_01JNAINVALID']],
    ['/requests?state=executed', ['req_01JNAEXECUTED']],
    ['/requests?state=&action=vendor_payment.create&needsPerson=true', ['req_01JNAINVALID']],
    ['/requests?action=inventory.adjust', []],
  ])('%s lists what fits', async (path, expected) => {
    expect(ids((await read(path, { requests })).html)).toEqual(expected);
  });

  it('keep their filter from page to page', async () => {
    const many = Array.from({ length: 30 }, (_, index) => ({
      ...invalidRequest(),
      id: `r${index}`,
    }));
    const { html } = await read('/requests?state=invalid&needsPerson=true', { requests: many });
    expect(html).toContain(
      'href="/requests?state=invalid&amp;needsPerson=true&amp;cursor=25" rel="next"',
    );
  });

  it('tell an empty service from a filter that fits nothing', async () => {
    expect((await read('/requests', {})).text).toContain('No requests yet');
    expect((await read('/requests?state=failed', {})).text).toContain(
      'No request fits this filter',
    );
  });

  it('show the three moments apart, in the summary and in the timeline', async () => {
    const request = executedRequest();
    const { html, text } = await read('/requests/req_01JNAEXECUTED', {
      requests: [request],
      approvals: [approvedApproval()],
      timeline: timelineOf(request),
    });
    for (const moment of ['recommendation', 'confirmation', 'write_back']) {
      expect(html.split(`<li class="moment ${moment}">`)).toHaveLength(2);
      expect(html.split(`<li class="${moment}">`)).toHaveLength(2);
    }
    expect(html.split('<li class="plain">')).toHaveLength(3);
    expect(text).toContain('Frida Berg approved as finance approver');
    expect(text).toContain("The ERP's id is PAY-000001");
    expect(text).toContain('create-payment, call 2 Done');
    expect(html).toContain('href="/inbox/apr_01JNAAPPROVED"');
    expect(html).toContain('href="/status/st_SAMPLE_TOKEN"');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['request.executed', { knownBy: 'answer' }, 'It was done'],
    ['request.executed', { knownBy: 'person' }, 'It was done, as a person says'],
    ['request.executed', { reported: {} }, 'It was done, as the holder of the permit reports'],
    ['request.failed', { knownBy: 'never_sent' }, 'It was not done'],
    ['request.outcome_unknown', {}, 'It is not known whether it was done'],
    ['request.undo_unknown', {}, 'It is not known whether it was undone'],
    ['request.compensating', {}, 'A step was not done after others were'],
    ['request.compensated', { knownBy: 'person' }, 'It was undone, as a person says'],
    ['request.compensation_failed', {}, 'It was not undone, or not all of it'],
    ['approval.voted', { vote: { vote: 'approve' } }, 'Approved by a person'],
    ['approval.voted', { vote: { vote: 'reject' } }, 'Rejected by a person'],
    ['request.resolved', { happened: false }, 'A person says that it did not happen'],
    ['something.else', {}, 'What was done'],
    ['request.extracted', { intent: { action: null } }, 'No action was recommended'],
    ['request.extracted', { intent: { action: 'a' } }, 'What was recommended'],
  ])('put a true heading over %s %j', async (type, data, heading) => {
    const request = executedRequest();
    const [first] = timelineOf(request);
    if (first === undefined) throw new Error('the sample has entries');
    const entry = { ...first.entry, type, data, moment: 'write_back' as const };
    const { html } = await read('/requests/req_01JNAEXECUTED', {
      requests: [request],
      approvals: [approvedApproval()],
      timeline: [{ ...first, entry }],
    });
    expect(html).toContain(`<p class="moment-name">${heading}</p>`);
  });

  it('never call an unknown outcome failed', async () => {
    const request = executedRequest();
    if (request.execution !== undefined) request.execution.status = 'outcome_unknown';
    const { text } = await read('/requests/req_01JNAEXECUTED', {
      requests: [{ ...request, state: 'outcome_unknown', needsPerson: true }],
      approvals: [approvedApproval()],
    });
    expect(text).toContain('Nobody knows yet');
    expect(text).toContain('A person has to look at this');
    expect(text).not.toMatch(/failed/i);
  });
});

describe('errors', () => {
  it.each(['/inbox/apr_none', '/requests/req_none', '/inbox/a/b', '/requests/a/b', '/status'])(
    'are a page for what does not exist: %s',
    async (path) => {
      const { status, text } = await read(path, {});
      expect([status, text]).toEqual([404, expect.stringContaining('There is nothing here')]);
    },
  );

  it.each(['/inbox?state=nonsense', '/requests?state=nonsense', '/requests/%E0%A4%A'])(
    'are a page for an address that makes no sense: %s',
    async (path) => {
      const { status, text } = await read(path, {});
      expect(status).toBe(400);
      if (path.includes('%')) expect(text).toContain('The address cannot be decoded');
    },
  );

  it('say nothing about what nobody foresaw, and report it', async () => {
    const { deps, calls } = fakeDeps();
    const crash = new Error('SQLITE_CORRUPT canary at /var/lib');
    const browser = await browse({ ...deps, requests: () => Promise.reject(crash) });
    const answer = await browser.get('/requests');
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toMatch(/canary|SQLITE|at \//);
    expect(calls).toEqual([{ name: 'unexpected', input: crash }]);
  });

  it('of other parts of the service are left to them', async () => {
    const { html, status } = await read('/v1/requests', {});
    expect(status).toBe(404);
    expect(html).not.toContain('Execution Layer');
  });
});
