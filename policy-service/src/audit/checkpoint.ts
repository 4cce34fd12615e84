import { createPublicKey, hash as digest, sign, verify, type KeyObject } from 'node:crypto';
import { HASH_BYTES, hashFromHex } from './merkle-hash';

/** Size and hex root hash of a log at one moment. */
export interface TreeHead {
  size: number;
  rootHash: string;
}

export interface CheckpointSigner {
  /** Unique name of the log, without spaces or `+`, for example `example.com/execution-layer`. */
  origin: string;
  /** Ed25519. */
  privateKey: KeyObject;
}

export type CheckpointResult = ({ valid: true } & TreeHead) | { valid: false; message: string };

/** Algorithm byte of Ed25519 in signed notes. */
const ED25519 = Buffer.of(0x01);
const RAW_KEY_BYTES = 32;
const KEY_HASH_BYTES = 4;
/** DER header of an Ed25519 SubjectPublicKeyInfo; the 32 raw bytes follow. */
const SPKI_HEADER = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * A signed statement of the log's head as a C2SP tlog-checkpoint. Kept elsewhere, it shows later
 * whether the log was truncated or rewritten.
 */
export function signCheckpoint(head: TreeHead, signer: CheckpointSigner): string {
  assertOrigin(signer.origin);
  const root = hashFromHex(head.rootHash).toString('base64');
  const text = `${signer.origin}\n${head.size}\n${root}\n`;
  const key = rawPublicKey(createPublicKey(signer.privateKey));
  const signature = sign(null, Buffer.from(text), signer.privateKey);
  const blob = Buffer.concat([keyHash(signer.origin, key), signature]).toString('base64');
  return `${text}\n— ${signer.origin} ${blob}\n`;
}

/** What a reader needs to check checkpoints, in one line: `<origin>+<key hash>+<key>` (signed note verifier key). */
export function verifierKey(origin: string, publicKey: KeyObject): string {
  assertOrigin(origin);
  const key = rawPublicKey(publicKey);
  const encoded = Buffer.concat([ED25519, key]).toString('base64');
  return `${origin}+${keyHash(origin, key).toString('hex')}+${encoded}`;
}

/**
 * Checks a checkpoint against a verifier key. Signatures of other keys (witnesses) are passed over.
 * Never throws for a bad note.
 * @throws TypeError when the verifier key itself is malformed
 */
export function verifyCheckpoint(note: string, verifier: string): CheckpointResult {
  const { origin, hash, publicKey } = parseVerifierKey(verifier);
  const refuse = (message: string): CheckpointResult => ({ valid: false, message });
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return refuse('This is not a signed note.');
  const text = note.slice(0, end + 1);
  const [noteOrigin, size = '', root = ''] = text.split('\n');
  if (noteOrigin !== origin) return refuse(`The checkpoint is not one of ${origin}.`);

  const ours = note
    .slice(end + 2)
    .split('\n')
    .filter((line) => line.startsWith(`— ${origin} `))
    .map((line) => Buffer.from(line.slice(`— ${origin} `.length), 'base64'))
    .filter((blob) => blob.subarray(0, KEY_HASH_BYTES).equals(hash));
  if (ours.length === 0) return refuse(`The checkpoint has no signature of ${origin}.`);
  const signed = ours.every((blob) =>
    verify(null, Buffer.from(text), publicKey, blob.subarray(KEY_HASH_BYTES)),
  );
  if (!signed) return refuse('The signature does not fit the checkpoint.');

  const rootBytes = Buffer.from(root, 'base64');
  if (!/^(0|[1-9][0-9]{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) {
    return refuse('The second line of the checkpoint is not a size.');
  }
  if (rootBytes.length !== HASH_BYTES || rootBytes.toString('base64') !== root) {
    return refuse('The third line of the checkpoint is not a root hash.');
  }
  return { valid: true, size: Number(size), rootHash: rootBytes.toString('hex') };
}

function parseVerifierKey(verifier: string): {
  origin: string;
  hash: Buffer;
  publicKey: KeyObject;
} {
  const match = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(verifier);
  const [, origin = '', hash = '', encoded = ''] = match ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  const key = bytes.subarray(1);
  const sound =
    bytes.subarray(0, 1).equals(ED25519) &&
    key.length === RAW_KEY_BYTES &&
    keyHash(origin, key).toString('hex') === hash;
  if (!sound) throw new TypeError('A verifier key is written <origin>+<key hash>+<Ed25519 key>.');
  const publicKey = createPublicKey({
    key: Buffer.concat([SPKI_HEADER, key]),
    format: 'der',
    type: 'spki',
  });
  return { origin, hash: Buffer.from(hash, 'hex'), publicKey };
}

function keyHash(origin: string, rawKey: Buffer): Buffer {
  const bytes = Buffer.concat([Buffer.from(`${origin}\n`), ED25519, rawKey]);
  return digest('sha256', bytes, 'buffer').subarray(0, KEY_HASH_BYTES);
}

function rawPublicKey(publicKey: KeyObject): Buffer {
  if (publicKey.asymmetricKeyType !== 'ed25519') {
    throw new TypeError('Checkpoints are signed with Ed25519 keys.');
  }
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(-RAW_KEY_BYTES);
}

function assertOrigin(origin: string): void {
  if (!/^[^+\s]+$/u.test(origin)) {
    throw new TypeError(`"${origin}" cannot name a log: no spaces, no "+", not empty.`);
  }
}
