import type { Database } from 'better-sqlite3';
import { parseDocument } from 'yaml';
import { FORMATS } from '../../../domain/catalogue/canonical-formats';
import { foldedKey } from '../../../domain/identity/fold';
import { identityKey } from '../../../domain/identity/identity-check';
import type { JsonObject } from '../../../domain/request/request';

interface Held {
  requestId: string;
  limitId: string;
  key: string;
  requestedBy: string;
  action: string | null;
  values: string;
  policyVersion: string;
}

interface Waiting extends Held {
  at: string;
  windowMs: number;
}

const OF_REQUEST = `requests.doc ->> '$.subject.requestedBy' AS requestedBy,
  requests.doc ->> '$.intent.action' AS action, coalesce(requests.doc -> '$.arguments', '{}') AS "values",
  requests.doc ->> '$.decision.policyVersion' AS policyVersion`;

/**
 * Keys that name the requester or an argument of a declared format get the form that they have
 * today, so that whoever is spelt otherwise now shares a limit with what is held; and what waits for
 * approval becomes known to its twins.
 */
export function keysOfToday(db: Database): void {
  const policies = new StoredPolicies(db);
  const rewrite = db.prepare(
    `UPDATE OR REPLACE reservations SET key = $to
     WHERE request_id = $requestId AND limit_id = $limitId AND key = $from`,
  );
  const held = db
    .prepare<[], Held>(
      `SELECT request_id AS requestId, limit_id AS limitId, key, ${OF_REQUEST}
       FROM reservations JOIN requests ON requests.id = request_id`,
    )
    .all();
  for (const row of held) {
    const { requestId, limitId, key: from } = row;
    const to = keyOfToday(row, policies);
    if (to !== from) rewrite.run({ requestId, limitId, from, to });
  }
  const insert = db.prepare(
    `INSERT OR IGNORE INTO reservations
       (request_id, limit_id, key, at, amount_high, amount_low, window_ms, phase, place)
     VALUES ($requestId, $limitId, $key, $at, 0, 0, $windowMs, 0, 0)`,
  );
  const waiting = db
    .prepare<[], Waiting>(
      `SELECT requests.id AS requestId, used.value ->> '$.limitId' AS limitId,
         used.value -> '$.key' AS key, used.value ->> '$.windowMs' AS windowMs,
         requests.doc ->> '$.decision.at' AS at, ${OF_REQUEST}
       FROM requests, json_each(requests.doc, '$.decision.limits') AS used
       WHERE requests.state = 'awaiting_approval'`,
    )
    .all();
  for (const row of waiting) {
    const { requestId, limitId, at, windowMs } = row;
    if (!policies.limit(row)?.findsTwins) continue;
    insert.run({ requestId, limitId, at, windowMs, key: keyOfToday(row, policies) });
  }
}

function keyOfToday(row: Held, policies: StoredPolicies): string {
  const parts = JSON.parse(row.key) as string[];
  const values = JSON.parse(row.values) as JsonObject;
  const paths = policies.limit(row)?.key;
  if (paths?.length !== parts.length) return foldedKey(row.key);
  const made = paths.map((path, index) => {
    const part = parts[index] ?? '';
    if (path === 'subject.requestedBy') return identityKey(row.requestedBy);
    const name = path.replace(/^arguments\./, '');
    const value = values[name];
    const format = typeof value === 'string' ? policies.format(row, name) : undefined;
    return (format && FORMATS.get(format)?.canonical(String(value).trim())) ?? part;
  });
  return foldedKey(JSON.stringify(made));
}

interface WrittenLimit {
  key: string[];
  findsTwins: boolean;
}

/** What a stored bundle says of keys. It was checked when it was stored; what is not to be read now changes no key. */
interface Policy {
  limits: Map<string, WrittenLimit>;
  /** Schemas by action. */
  schemas: Map<string, JsonObject>;
}

/** The bundles of the database, each read once. */
class StoredPolicies {
  private readonly byVersion: Map<string, Policy>;

  constructor(db: Database) {
    const bundles = db
      .prepare<[], { version: string; files: string }>(
        'SELECT version, files FROM bundles ORDER BY sequence DESC',
      )
      .all();
    this.byVersion = new Map(bundles.map(({ version, files }) => [version, policyOf(files)]));
  }

  /** Of the policy that decided; a share of an older one may be known to another version only. */
  limit({ policyVersion, limitId }: Held): WrittenLimit | undefined {
    const own = this.byVersion.get(policyVersion)?.limits.get(limitId);
    return (
      own ??
      [...this.byVersion.values()].find(({ limits }) => limits.has(limitId))?.limits.get(limitId)
    );
  }

  format({ policyVersion, action }: Held, argument: string): string | undefined {
    const schema = this.byVersion.get(policyVersion)?.schemas.get(action ?? '');
    const properties = schema?.['properties'] as Record<string, JsonObject> | undefined;
    const format = properties?.[argument]?.['format'];
    return typeof format === 'string' ? format : undefined;
  }
}

function policyOf(files: string): Policy {
  const policy: Policy = { limits: new Map(), schemas: new Map() };
  for (const { path, text } of JSON.parse(files) as { path: string; text: string }[]) {
    if (!/^(policies|catalogue)\//.test(path)) continue;
    const document = parseDocument(text);
    if (document.errors.length > 0) continue;
    const content = document.toJS() as {
      id?: string;
      schema?: JsonObject;
      limits?: { id: string; key: string[] }[];
      duplicates?: { id: string; key: string[] }[];
    } | null;
    for (const { id, key } of content?.limits ?? []) {
      policy.limits.set(id, { key, findsTwins: false });
    }
    for (const { id, key } of content?.duplicates ?? []) {
      policy.limits.set(id, { key, findsTwins: true });
    }
    if (content?.id && content.schema) policy.schemas.set(content.id, content.schema);
  }
  return policy;
}
