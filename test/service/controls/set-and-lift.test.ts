import { AppError } from '../../../policy-service/src/domain/errors';
import type { Answer, Body } from '../harness';
import { TestService } from '../harness';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
  await service.newPerson('ops@example.com', ['operator']);
  await service.newPerson('finance@example.com', ['finance_approver']);
});
afterAll(() => service.stop());
afterEach(async () => {
  for (const { id } of (await service.call('/v1/controls?active=true')).body.items) {
    await service.call(`/v1/controls/${id}/lift`, { reason: 'The test is over' });
  }
});

const ALL = { target: { kind: 'all' }, reason: 'Odd payments' };

async function entries(type: string): Promise<Body[]> {
  return (await service.call(`/v1/audit/entries?type=${type}&order=desc`)).body.items.map(
    ({ entry }: Body) => entry,
  );
}

describe('who may', () => {
  const attempts = async (
    call: (path: string, body?: unknown) => Promise<Answer>,
  ): Promise<number[]> => {
    const { body } = await service.call('/v1/controls', ALL);
    return [
      (await call('/v1/controls', { ...ALL, target: { kind: 'requester', id: 'x' } })).status,
      (await call(`/v1/controls/${body.id}/lift`, { reason: 'r' })).status,
    ];
  };

  test('a token with controls:write', async () => {
    const token = await service.newToken({ scopes: ['controls:write'] });
    expect(await attempts((path, body) => service.call(path, body, { token }))).toEqual([200, 200]);
  });

  test('no token without it, not even to read', async () => {
    const token = await service.newToken({ scopes: ['requests:execute', 'requests:read'] });
    expect(await attempts((path, body) => service.call(path, body, { token }))).toEqual([403, 403]);
    expect((await service.call('/v1/controls', undefined, { token })).status).toBe(403);
  });

  test('a person with the role operator', async () => {
    expect(await attempts(await service.person('ops@example.com'))).toEqual([200, 200]);
  });

  test('other people may look, and are told what they lack', async () => {
    const person = await service.person('finance@example.com');
    expect(await attempts(person)).toEqual([403, 403]);
    expect((await person('/v1/controls', ALL)).body.detail).toContain('role operator');
    expect((await person('/v1/controls')).status).toBe(200);
  });

  test('nobody without a credential', async () => {
    const anonymous = { token: null, key: null };
    expect((await service.call('/v1/controls', ALL, anonymous)).status).toBe(401);
    expect((await service.call('/v1/controls', undefined, anonymous)).status).toBe(401);
  });
});

describe('the log', () => {
  test('says who stopped and lifted what, and why', async () => {
    const person = await service.person('ops@example.com');
    const { body } = await person('/v1/controls', ALL);
    await person(`/v1/controls/${body.id}/lift`, { reason: 'All clear' });
    const actor = { kind: 'person', id: 'ops@example.com' };
    expect((await entries('control.stopped'))[0]).toMatchObject({
      actor,
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      data: { controlId: body.id, target: { kind: 'all' }, reason: 'Odd payments' },
    });
    expect((await entries('control.lifted'))[0]).toMatchObject({
      actor,
      data: { controlId: body.id, target: { kind: 'all' }, reason: 'All clear' },
    });
  });
});

describe('the same again changes nothing', () => {
  test('a second stop of the same target answers with the active one, also from many at once', async () => {
    const before = (await entries('control.stopped')).length;
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        service.call('/v1/controls', { ...ALL, reason: `${n}` }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect((await entries('control.stopped')).length).toBe(before + 1);
    expect((await service.call('/v1/controls?active=true')).body.items).toHaveLength(1);
  });

  test('a second lift answers with the first one', async () => {
    const { body } = await service.call('/v1/controls', ALL);
    const lift = (reason: string): Promise<Answer> =>
      service.call(`/v1/controls/${body.id}/lift`, { reason });
    const first = await lift('first');
    expect((await lift('second')).body).toEqual(first.body);
    expect(first.body).toMatchObject({ liftReason: 'first' });
  });

  test('a repeated call with its key does not stop anew what was lifted in between', async () => {
    const call = (): Promise<Answer> => service.call('/v1/controls', ALL, { key: 'stop-1' });
    const first = await call();
    await service.call(`/v1/controls/${first.body.id}/lift`, { reason: 'r' });
    const repeat = await call();
    expect(repeat.headers.get('idempotent-replayed')).toBe('true');
    expect(repeat.body).toEqual(first.body);
    expect((await service.call('/v1/controls?active=true')).body.items).toEqual([]);
  });

  test('the same target can be stopped again after its lift, as a stop of its own', async () => {
    const first = (await service.call('/v1/controls', ALL)).body;
    await service.call(`/v1/controls/${first.id}/lift`, { reason: 'r' });
    expect((await service.call('/v1/controls', ALL)).body.id).not.toBe(first.id);
  });
});

describe('what cannot be stopped is refused with what was meant', () => {
  test.each([
    [{ kind: 'action', id: 'vendor_payment.crate' }, 'Did you mean vendor_payment.create?'],
    [{ kind: 'action', id: 'zzz' }, 'There are: '],
    [{ kind: 'connector', id: 'mock_erp' }, 'Did you mean mock-erp?'],
    [{ kind: 'token', id: 'TEST' }, 'Did you mean tok_'],
    [{ kind: 'requester', id: '\u200b \u200b' }, 'A requester has a name'],
    [{ kind: 'action' }, 'Say which action'],
    [{ kind: 'all', id: 'x' }, 'has no id'],
  ])('%j: %s', async (target, sentence) => {
    const answer = await service.call('/v1/controls', { target, reason: 'r' });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'invalid_parameter', errors: [{ pointer: '/target/id' }] },
    });
    expect(answer.body.detail).toContain(sentence);
    expect((await service.call('/v1/controls?active=true')).body.items).toEqual([]);
  });

  test.each([
    [{ target: { kind: 'everything' }, reason: 'r' }],
    [{ target: { kind: 'all' } }],
    [{ target: { kind: 'all' }, reason: '' }],
    [{ target: { kind: 'all' }, reason: 'r', until: 'tomorrow' }],
    [{ target: { kind: 'all', who: 'me' }, reason: 'r' }],
  ])('%j is no stop', async (body) => {
    expect(await service.call('/v1/controls', body)).toMatchObject({
      status: 400,
      body: { code: 'invalid_body' },
    });
  });

  test('a reason of blanks is none', async () => {
    const answer = await service.call('/v1/controls', { ...ALL, reason: ' \n ' });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/reason' }] } });
  });

  test('an unknown stop cannot be lifted', async () => {
    const answer = await service.call('/v1/controls/ctl_none/lift', { reason: 'r' });
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});

test('the list pages through everything, newest first, and can be narrowed to what holds', async () => {
  const ids: string[] = [];
  for (const id of ['inventory.adjust', 'ticket.route', 'customer.notify']) {
    const { body } = await service.call('/v1/controls', {
      target: { kind: 'action', id },
      reason: 'r',
    });
    ids.push(body.id);
  }
  await service.call(`/v1/controls/${ids[0]}/lift`, { reason: 'r' });
  const active = (await service.call('/v1/controls?active=true')).body.items;
  expect(active.map(({ id }: Body) => id)).toEqual([ids[2], ids[1]]);
  const seen: string[] = [];
  let path: string | undefined = '/v1/controls?limit=2';
  while (path) {
    const { body }: Answer = await service.call(path);
    seen.push(...body.items.map(({ id }: Body) => id));
    path = body.nextCursor && `/v1/controls?limit=2&cursor=${encodeURIComponent(body.nextCursor)}`;
  }
  expect(seen.slice(0, 3)).toEqual([ids[2], ids[1], ids[0]]);
  expect(new Set(seen).size).toBe(seen.length);
});

test('a stop is possible while there is no valid policy to check its target against', async () => {
  const bundle = jest.spyOn(service.service.deps, 'bundle').mockImplementation(() => {
    throw new AppError('policy_unavailable', 'No bundle is active.');
  });
  const target = { kind: 'action', id: 'vendor_payment.create' };
  expect(await service.call('/v1/controls', { target, reason: 'r' })).toMatchObject({
    status: 200,
    body: { target },
  });
  bundle.mockRestore();
});

test('the metrics count the stops that hold', async () => {
  await service.call('/v1/controls', ALL);
  const { body } = await service.call('/metrics');
  expect(body).toMatch(/^execution_layer_active_stops 1$/m);
});
