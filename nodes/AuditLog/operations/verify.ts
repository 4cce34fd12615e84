import type { Operation } from '../../shared/operation';
import { callService } from '../../shared/transport';

export const verify: Operation = {
  description: [],
  async execute(context) {
    const result = await callService(context, { method: 'GET', path: '/v1/audit/verify' });
    // What could not be verified is not valid.
    const json = result.ok ? result.value : { valid: false, problem: result.problem };
    return [{ output: 0, json: { ...json, valid: json.valid === true } }];
  },
};
