import { DecisionStories } from './decision-stories';
import { PASSWORD, type Installation } from './installation';
import { Storyteller, type Told } from './storyteller';
import { WriteStories } from './write-stories';

/** What the fixture holds: each story's request, with the state in which it was left. */
export interface Index {
  requests: Told;
  tokens: Record<string, string>;
  /** When it was ended; deadlines run on from there. */
  madeAt: string;
  password: string;
}

/** Brings one request into each state that is ever stored, and leaves every kind of record behind. */
export async function tellStories(it: Installation): Promise<Index> {
  const bundle = it.bundle();
  await it.startErp();
  const tokens = createIdentities(it);
  it.useToken(tokens['all'] ?? '');
  await it.startService();
  const tell = new Storyteller(it);
  const decisions = new DecisionStories(it, tell);
  const writes = new WriteStories(it, tell);

  await decisions.stepByStep();
  await decisions.decided();
  await decisions.voted();
  await writes.written();
  await writes.undone();
  await decisions.superseded(bundle);
  await decisions.stopped();
  await writes.unreadable();
  await writes.troubled();
  await writes.interrupted();
  const requests = await tell.index();
  await it.kill('serve');
  return { requests, tokens, madeAt: new Date().toISOString(), password: PASSWORD };
}

function createIdentities(it: Installation): Record<string, string> {
  for (const [email, roles] of Object.entries({
    'reviewer@example.com': 'reviewer',
    'finance@example.com': 'finance_approver,reviewer',
    'operator@example.com': 'operator,operations_approver',
    'owner@example.com': '',
  })) {
    const args = ['person', 'create', '--email', email, '--name', email.split('@')[0] ?? email];
    it.cli([...args, '--roles', roles, '--password-stdin'], PASSWORD);
  }
  const scopes =
    'requests:propose,requests:decide,requests:execute,requests:read,audit:write,audit:read,policies:write,controls:write';
  const token = (name: string, more: string[]): string =>
    it.cli(['token', 'create', '--name', name, '--scopes', scopes, ...more]);
  const tokens = {
    all: token('all', ['--owner', 'owner@example.com']),
    limited: token('limited', ['--actions', 'pay.keyed,vendor.read']),
    people: token('people', ['--acts-for', 'people']),
    revoked: token('revoked', []),
  };
  const listed = JSON.parse(it.cli(['token', 'list', '--json'])) as { id: string; name: string }[];
  it.cli(['token', 'revoke', listed.find(({ name }) => name === 'revoked')?.id ?? '']);
  return tokens;
}
