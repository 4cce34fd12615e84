import { isOver } from '../service-time';

export const SCOPES = [
  'requests:propose',
  'requests:decide',
  'requests:execute',
  'requests:read',
  'audit:write',
  'audit:read',
  'policies:write',
  'controls:write',
] as const;
export type Scope = (typeof SCOPES)[number];

/** A service token as stored: the secret itself is never kept, only its SHA-256. */
export interface TokenRecord {
  id: string;
  name: string;
  /** First characters of the secret, to find the row; not secret. */
  prefix: string;
  hash: string;
  scopes: Scope[];
  owner: string | null;
  /** Actions that the token may use; null means every action. */
  actions: string[] | null;
  /** `claims`: any requestedBy, unverified, without roles. `people`: people of the table, verified. */
  actsFor: 'claims' | 'people';
  createdAt: string;
  revokedAt?: string;
  /** From this moment on it is unknown. */
  expiresAt?: string;
  /** The secret before a rotation, by its SHA-256. */
  previous?: { hash: string; until: string };
}

/** Whether a token's time is over; one without an end never expires. */
export function hasExpired(
  token: Pick<TokenRecord, 'createdAt' | 'expiresAt'> | undefined,
  now: Date,
): boolean {
  if (token?.expiresAt === undefined) return false;
  return isOver({ from: token.createdAt, until: token.expiresAt }, now);
}

/** A person who can sign in, approve and operate. */
export interface Person {
  email: string;
  name: string;
  roles: string[];
  /** Other names under which the same person may appear as a requester. */
  aliases: string[];
  /** scrypt parameters, salt and hash. */
  passwordHash: string;
  createdAt: string;
  disabledAt?: string;
  /** Grows whenever all sessions end: a new password, or the account was disabled. Absent: 0. */
  sessionEpoch?: number;
}

export interface Session {
  /** SHA-256 of the cookie's value. */
  idHash: string;
  email: string;
  createdAt: string;
  expiresAt: string;
  /** The person's when their password was checked; another one since then ends the session. */
  epoch?: number;
  /** Kept to the minute. */
  lastUsedAt?: string;
  /** Begun while the log was damaged, without an entry: it reads, and ends with the repair. */
  unrecorded?: true;
}
