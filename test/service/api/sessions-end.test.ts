import { changePerson } from '../../../policy-service/src/application/identity/change-person';
import {
  issueToken,
  registerPerson,
  rotateToken,
} from '../../../policy-service/src/application/identity/manage-identities';
import {
  sessionOf,
  signIn,
  signOut,
} from '../../../policy-service/src/application/identity/sign-in';
import { PASSWORD, TestService } from '../harness';

const ANA = 'ana@example.com';
let service: TestService;
let now: Date;
beforeEach(async () => {
  service = await TestService.start();
  await service.newPerson(ANA, ['reviewer']);
  now = new Date();
  service.service.deps.clock = { now: () => now };
});
afterEach(() => service.stop());

const later = (minutes: number): void => {
  now = new Date(now.getTime() + minutes * 60_000);
};
const enter = () =>
  signIn(service.service.deps, {
    email: ANA,
    password: PASSWORD,
    address: '127.0.0.1',
    traceId: 't',
  });
const change = (wanted: Parameters<typeof changePerson>[2]) =>
  changePerson(service.service.deps, ANA, wanted);

test.each([
  ['a new password', { password: 'another sentence to type' }],
  ['disabling', { disabled: true }],
])('%s ends a sign-in that was under way as well', async (_name, wanted) => {
  const { deps } = service.service;
  const { verify } = deps.passwords;
  deps.passwords = {
    ...deps.passwords,
    verify: async (...args) => {
      const matches = await verify(...args);
      await change(wanted);
      later(1);
      return matches;
    },
  };
  const { cookie } = await enter();
  await change({ disabled: false });
  expect(await sessionOf(deps, cookie)).toBeUndefined();
});

test('a session that began while the clock was ahead ends with a new password', async () => {
  later(60);
  const { cookie } = await enter();
  later(-60);
  await change({ password: 'another sentence to type' });
  later(60);
  expect(await sessionOf(service.service.deps, cookie)).toBeUndefined();
});

test('a clock that is set back prolongs no session', async () => {
  const { cookie } = await enter();
  later(-5 * 60);
  expect(await sessionOf(service.service.deps, cookie)).toBeUndefined();
  later(5 * 60);
  expect(await sessionOf(service.service.deps, cookie)).toBeUndefined();
});

test('a last use that is kept late brings no signed-out session back', async () => {
  const { deps } = service.service;
  const { cookie } = await enter();
  later(5);
  const commit = deps.store.commit.bind(deps.store);
  let first = true;
  deps.store.commit = async (changes) => {
    if (first && changes.sessionsUsed) {
      first = false;
      await signOut(deps, cookie);
    }
    return commit(changes);
  };
  await sessionOf(deps, cookie);
  expect(first).toBe(false);
  expect(await sessionOf(deps, cookie)).toBeUndefined();
});

test('of two creations of one address at once one is made', async () => {
  const make = (name: string) =>
    registerPerson(service.service.deps, {
      email: 'new@example.com',
      name,
      roles: [],
      aliases: [],
      password: PASSWORD,
    });
  const made = await Promise.allSettled([make('One'), make('Two')]);
  expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('an expired token is not rotated', async () => {
  const { deps } = service.service;
  const expiresAt = new Date(now.getTime() + 1000).toISOString();
  await issueToken(deps, {
    name: 'short',
    scopes: ['requests:read'],
    owner: null,
    actions: null,
    actsFor: 'claims',
    expiresAt,
  });
  const { id } = (await deps.store.tokens()).find(({ name }) => name === 'short')!;
  later(1);
  await expect(rotateToken(deps, id, 0)).rejects.toThrow(/has expired/);
});
