import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import {
  signCheckpoint,
  verifierKey,
  verifyCheckpoint,
} from '../../../policy-service/src/audit/checkpoint';

const ORIGIN = 'example.com/execution-layer';
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const KEY = verifierKey(ORIGIN, publicKey);
const HEAD = {
  size: 8,
  rootHash: '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
};
const NOTE = signCheckpoint(HEAD, { origin: ORIGIN, privateKey });

it('writes a C2SP checkpoint: origin, size, root, empty line, signature', () => {
  const lines = NOTE.split('\n');
  expect(lines.slice(0, 4)).toEqual([
    ORIGIN,
    '8',
    'XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=',
    '',
  ]);
  const signature = Buffer.from(lines[4]?.split(' ')[2] ?? '', 'base64');
  expect(signature).toHaveLength(4 + 64);
  expect(signature.subarray(0, 4).toString('hex')).toBe(KEY.split('+')[1]);
  expect(lines.slice(5)).toEqual(['']);
});

it('derives the key id and the verifier key as the Go sumdb example has them', () => {
  // The public example key of golang.org/x/mod/sumdb/note.
  const example = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
  const raw = Buffer.from('ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW', 'base64').subarray(1);
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  expect(verifierKey('PeterNeumann', key)).toBe(example);
});

it('reads back what it signed', () => {
  expect(verifyCheckpoint(NOTE, KEY)).toEqual({ valid: true, ...HEAD });
});

it('passes over the signatures of witnesses', () => {
  const witnessed = `${NOTE}— witness.example AAAAAAAA\n`;
  expect(verifyCheckpoint(witnessed, KEY)).toEqual({ valid: true, ...HEAD });
});

it.each([
  ['a changed size', NOTE.replace('\n8\n', '\n7\n')],
  ['a changed root', NOTE.replace('XcnaeacG', 'YcnaeacG')],
  ['another origin', NOTE.replaceAll(ORIGIN, 'example.com/other')],
  ['an added line', NOTE.replace('\n\n', '\nmore\n\n')],
  ['no signature', NOTE.slice(0, NOTE.indexOf('\n\n') + 2)],
  ['a cut signature', `${NOTE.slice(0, -10)}\n`],
  ['no note at all', 'hello'],
])('refuses %s with a sentence', (_, note) => {
  const result = verifyCheckpoint(note, KEY);
  expect(result).toEqual({ valid: false, message: expect.stringMatching(/\.$/) });
});

it('refuses a note that another key signed under the same name', () => {
  const other = generateKeyPairSync('ed25519').privateKey;
  const forged = signCheckpoint(HEAD, { origin: ORIGIN, privateKey: other });
  expect(verifyCheckpoint(forged, KEY)).toMatchObject({ valid: false });
});

it('refuses keys and origins that cannot sign', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  expect(() => signCheckpoint(HEAD, { origin: ORIGIN, privateKey: rsa })).toThrow(TypeError);
  expect(() => signCheckpoint(HEAD, { origin: 'two words', privateKey })).toThrow(TypeError);
  expect(() => verifyCheckpoint(NOTE, 'not a key')).toThrow(TypeError);
  expect(() => verifyCheckpoint(NOTE, KEY.replace(ORIGIN, 'example.com/other'))).toThrow(TypeError);
});

it('signs with a key that was stored as PEM', () => {
  const stored = createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  expect(signCheckpoint(HEAD, { origin: ORIGIN, privateKey: stored })).toBe(NOTE);
});
