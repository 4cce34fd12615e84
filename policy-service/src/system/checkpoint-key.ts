import { generateKeyPairSync } from 'node:crypto';
import { keyFile } from './key-file';

/** The key that signs checkpoints, made at the first start. */
export function checkpointKey(dataDir: string): string {
  return keyFile(dataDir, 'checkpoint-key.pem', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    return String(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  });
}
