import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { decide } from '../../../policy-service/src/domain/decision/decide';
import { compiled, inputFor } from './as-service';
import { policies, requests } from './oracle/arbitraries';

/** Prints one hash over many decisions, for determinism.test.ts. */
const seed = Number(process.argv[2]);
const hash = createHash('sha256');
const asked = fc.sample(requests, { seed, numRuns: 2_000 });
fc.sample(policies(), { seed, numRuns: 200 }).forEach((policy, index) => {
  const ready = compiled(policy);
  for (const request of asked.slice(index * 10, index * 10 + 10)) {
    hash.update(JSON.stringify(decide(inputFor(ready, request))));
  }
});
process.stdout.write(hash.digest('hex'));
