import { aMessage, anAnswer, aPerson, aSession, aToken, at } from '../documents';
import type { ContractContext } from '../store-contract';

export function identityContract(context: ContractContext): void {
  it('finds tokens by prefix and replaces them by id', async () => {
    const { store } = context;
    const newer = aToken('tok_a', { createdAt: at(2) });
    const older = aToken('tok_b', { createdAt: at(1), prefix: 'el_other' });
    await store.commit({ tokens: [newer, older] });
    expect(await store.tokens()).toEqual([older, newer]);
    expect(await store.tokenByPrefix('el_abcd')).toEqual([newer]);
    expect(await store.tokenByPrefix('el_none')).toEqual([]);
    const revoked = { ...newer, revokedAt: at(3) };
    await store.commit({ tokens: [revoked] });
    expect(await store.tokenByPrefix('el_abcd')).toEqual([revoked]);
  });

  it('knows one person for each e-mail, however it is written', async () => {
    const { store } = context;
    await store.commit({ people: [aPerson('Zoë@Example.com'), aPerson('ana@example.com')] });
    await store.commit({ people: [aPerson('ZOË@example.COM', { roles: ['auditor'] })] });
    expect((await store.person('zoë@example.com'))?.roles).toEqual(['auditor']);
    expect((await store.people()).map(({ email }) => email)).toEqual([
      'ana@example.com',
      'ZOË@example.COM',
    ]);
    expect(await store.person('nobody@example.com')).toBeUndefined();
  });

  it('ends sessions when told and purges those that are over', async () => {
    const { store } = context;
    await store.commit({
      sessions: [aSession('one'), aSession('two'), aSession('three', { expiresAt: at(61) })],
    });
    await store.commit({ sessionsEnded: ['one'] });
    expect(await store.session('one')).toBeUndefined();
    expect(await store.session('two')).toEqual(aSession('two'));
    await store.purge(at(60));
    expect(await store.session('two')).toBeUndefined();
    expect(await store.session('three')).toBeDefined();
  });

  it('purges idempotency rows whose time is over, and no others', async () => {
    const { store } = context;
    const open = anAnswer({ key: 'open', expiresAt: at(61) });
    await store.commit({ idempotency: anAnswer({ key: 'over' }) });
    await store.commit({ idempotency: open });
    await store.purge(at(60));
    expect(await store.idempotency(open.scope, 'over')).toBeUndefined();
    expect(await store.idempotency(open.scope, 'open')).toEqual(open);
  });

  it('purges what is over behind a key that was used again after its time', async () => {
    const { store, clock } = context;
    await store.commit({ idempotency: anAnswer({ key: 'again', expiresAt: at(10) }) });
    await store.commit({ idempotency: anAnswer({ key: 'over', expiresAt: at(20) }) });
    clock.advance(15);
    const renewed = anAnswer({ key: 'again', expiresAt: at(90) });
    expect(await store.commit({ idempotency: renewed })).toMatchObject({ ok: true });
    await store.purge(at(60));
    expect(await store.idempotency(renewed.scope, 'over')).toBeUndefined();
    expect(await store.idempotency(renewed.scope, 'again')).toEqual(renewed);
  });

  it('tells due messages, the longest waiting first', async () => {
    const { store } = context;
    const late = aMessage('msg_late', { nextAttemptAt: at(5) });
    const early = aMessage('msg_early', { nextAttemptAt: at(1) });
    await store.commit({ outbox: [late, early, aMessage('msg_next', { nextAttemptAt: at(9) })] });
    expect(await store.outboxDue(at(5), 10)).toEqual([early, late]);
    expect(await store.outboxDue(at(5), 1)).toEqual([early]);
    await store.commit({ outboxDone: ['msg_early'] });
    expect(await store.outboxDue(at(5), 10)).toEqual([late]);
  });

  it('gives each attempt of a message to one worker', async () => {
    const { store } = context;
    await store.commit({ outbox: [aMessage('msg_1')] });
    const claims = await Promise.all(
      Array.from({ length: 5 }, () => store.outboxClaim('msg_1', 0, at(30))),
    );
    expect(claims.filter((won) => won)).toHaveLength(1);
    expect(await store.outboxDue(at(29), 10)).toEqual([]);
    expect(await store.outboxDue(at(30), 10)).toEqual([
      aMessage('msg_1', { attempts: 1, nextAttemptAt: at(30) }),
    ]);
    expect(await store.outboxClaim('msg_none', 0, at(30))).toBe(false);
  });
}
