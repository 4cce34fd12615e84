import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFolder, EXTERNAL_WRITE, RECEIVE_GOODS } from '../service/bundle-folder';

/** Shorter than the shortest lease that the service takes. */
const CALLS = 'retry: { attempts: 3, initialDelayMs: 20, maxDelayMs: 1000, totalMs: 2900 }';
const TIMEOUT = 'timeoutMs: 700';

/**
 * The shipped bundle, and payments of every other idempotency class, each through a connector of
 * its own: what one class suffers must not stop the others.
 * @returns its folder
 */
export function faultsBundle(): string {
  const classes = readFileSync(join(__dirname, '../fixtures/mock-erp-classes.yaml'), 'utf8');
  const connector = (id: string): string =>
    quick(classes).replace('id: mock-erp-classes', `id: ${id}`);
  return bundleFolder({
    edit: { 'connectors/mock-erp.yaml': quick },
    files: {
      'connectors/erp-search.yaml': connector('erp-search'),
      'connectors/erp-unique.yaml': connector('erp-unique'),
      'connectors/erp-once.yaml': connector('erp-once'),
      'catalogue/pay.search.yaml': payment('pay.search', 'erp-search', 'B', ['payment_b']),
      'catalogue/pay.unique.yaml': payment('pay.unique', 'erp-unique', 'B', ['payment_b_unique']),
      'catalogue/pay.once.yaml': payment('pay.once', 'erp-once', 'C', ['payment_c']),
      'catalogue/pay.twice.yaml': payment('pay.twice', 'erp-search', 'B', [
        'payment_b',
        'payment_a',
      ]),
      'catalogue/pay.twin.yaml': payment('pay.twin', 'erp-search', 'B', ['payment_b']),
      'policies/twins.yaml': TWINS,
      'catalogue/goods.receive.yaml': RECEIVE_GOODS,
      'catalogue/portal.order.yaml': EXTERNAL_WRITE,
    },
  });
}

/** Each is looked at by a person, so that several of them wait and are approved in any order. */
const TWINS = `
rules:
  - id: twin-reviewed
    actions: [pay.twin]
    when: 'true'
    effect: require_approval
    message: Somebody looks at it.
    approval: { stages: [{ role: reviewer, count: 1 }], expiresIn: 72h }
duplicates:
  - id: twin-twice
    actions: [pay.twin]
    key: [arguments.vendor_id, arguments.amount, arguments.currency]
    window: 30d
    effect: block
    message: This is paid already, or is about to be.
`;

function quick(connector: string): string {
  return connector.replace(/^retry: .*$/m, CALLS).replace(/^timeoutMs: .*$/m, TIMEOUT);
}

function payment(id: string, connector: string, letter: string, operations: string[]): string {
  const steps = operations.map((operation, n) => `  - { name: pay-${n}, operation: ${operation} }`);
  const undo = operations.map((_, n) => `pay-${n}: payment_reverse`).join(', ');
  return `
id: ${id}
version: 1
title: Payment through ${connector}
description: Pays a vendor through ${connector}.
owner: finance
class: write
risk: medium
stage: auto
connector: ${connector}
steps:
${steps.join('\n')}
idempotency: ${letter}
compensation: { steps: { ${undo} }, stage: auto }
schema:
  type: object
  additionalProperties: false
  required: [vendor_id, amount, currency]
  properties:
    vendor_id: { type: string, maxLength: 6 }
    amount: { type: string, maxLength: 20 }
    currency: { type: string, maxLength: 3 }
money: { amount: amount, currency: currency }
extraction: { commands: [${id}], arguments: {} }
`;
}
