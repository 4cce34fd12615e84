import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BundleError } from '../../../policy-service/src/bundle/bundle-error';
import { loadBundle } from '../../../policy-service/src/bundle/load-bundle';

const CONNECTOR = readFileSync(join(__dirname, '../../fixtures/mock-erp-classes.yaml'), 'utf8');

/** What a bundle says about an action that promises a class for one operation. */
function problemsOf(promised: string, operation: string): string[] {
  const action = {
    id: 'payment',
    version: 1,
    title: 'Pay',
    description: 'Pays.',
    owner: 'finance',
    class: 'write',
    risk: 'high',
    stage: 'approve',
    connector: 'mock-erp-classes',
    steps: [{ name: 'pay', operation }],
    idempotency: promised,
    compensation: 'irreversible',
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['vendor_id', 'amount', 'currency'],
      properties: { vendor_id: {}, amount: {}, currency: {} },
    },
    extraction: {},
  };
  const files = [
    { path: 'catalogue/payment.yaml', text: JSON.stringify(action) },
    { path: 'connectors/classes.yaml', text: CONNECTOR },
    { path: 'policies/rules.yaml', text: 'rules: []' },
  ];
  try {
    loadBundle(files, 'test');
    return [];
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    return error.problems.map(({ message }) => message);
  }
}

const OFFERED = { payment_a: 'A', payment_b: 'B', payment_b_unique: 'B', payment_c: 'C' };
const CASES = Object.entries(OFFERED).flatMap(([operation, offered]) =>
  ['A', 'B', 'C'].map((promised) => [promised, operation, offered] as const),
);

test.each(CASES)(
  'an action of class %s with the operation %s (%s)',
  (promised, operation, offered) => {
    const problems = problemsOf(promised, operation);
    if (offered <= promised) expect(problems).toEqual([]);
    else
      expect(problems).toEqual([
        expect.stringMatching(`idempotency ${promised} needs .*${operation}.*${offered}`),
      ]);
  },
);
