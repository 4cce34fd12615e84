import { randomBytes } from 'node:crypto';

/** 192 random bits, URL-safe. */
export function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

/** A random password that also meets n8n's rule: a digit and a capital letter. */
export function newPassword(): string {
  return `${randomBytes(12).toString('base64url')}A1`;
}
