import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { signCheckpoint, verifierKey } from '../../audit/checkpoint';
import type { LogHead, LogReader } from '../ports';

/** The log's signed head. Kept by somebody else, it shows any later truncation or rewriting. */
export class Checkpoints {
  private readonly privateKey: KeyObject;

  /**
   * @param origin unique name of the log
   * @param keyPem Ed25519 private key, PKCS #8 PEM
   */
  constructor(
    private readonly log: LogReader,
    private readonly origin: string,
    keyPem: string,
  ) {
    this.privateKey = createPrivateKey(keyPem);
  }

  /** Public line with which everybody can check the notes. */
  get verifier(): string {
    return verifierKey(this.origin, createPublicKey(this.privateKey));
  }

  async current(): Promise<LogHead & { note: string; verifierKey: string }> {
    const head = await this.log.head();
    const note = signCheckpoint(head, { origin: this.origin, privateKey: this.privateKey });
    return { ...head, note, verifierKey: this.verifier };
  }
}
