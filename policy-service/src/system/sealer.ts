import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { SEALED, type Sealer } from '../application/ports';
import { keyFile } from './key-file';

const PREFIX = `${SEALED}1:`;
const KEY_BYTES = 32;
const FILE = 'sealing-key';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM with the key of `sealing-key` in the data directory: whoever reads the database
 * alone cannot resume the executions that wait in n8n, nor open status pages.
 * @throws Error when the file holds no such key
 */
export function createSealer(dataDir: string): Sealer {
  const text = keyFile(dataDir, FILE, () => randomBytes(KEY_BYTES).toString('base64'));
  const key = Buffer.from(text, 'base64');
  // Buffer reads what it can of anything.
  if (key.length !== KEY_BYTES || key.toString('base64') !== text.trim()) {
    throw new Error(
      `The file ${join(dataDir, FILE)} is damaged. Put it back from the backup. If there is none, remove it: the next start makes a new one, and what was sealed with the old one stays closed (callbacks of n8n executions that wait, status links).`,
    );
  }
  return {
    seal(text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return PREFIX + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
    },
    open(text) {
      if (!text.startsWith(PREFIX)) return text;
      const bytes = Buffer.from(text.slice(PREFIX.length), 'base64');
      try {
        const nonce = bytes.subarray(0, NONCE_BYTES);
        const decipher = createDecipheriv('aes-256-gcm', key, nonce);
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        const sealed = bytes.subarray(NONCE_BYTES + TAG_BYTES);
        return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}
