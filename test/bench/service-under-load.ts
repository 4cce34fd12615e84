import {
  createPerson,
  createToken,
  type RunningPolicyService,
} from '../../scripts/stack/policy-service';
import { newPassword } from '../../scripts/stack/secrets';

/** A token that may propose, decide and execute, with an owner, as in production. */
export async function issueToken(service: RunningPolicyService): Promise<string> {
  const email = 'owner@bench.example';
  await createPerson(service, {
    email,
    name: 'Bench Owner',
    roles: ['operator'],
    password: newPassword(),
  });
  const scopes = [
    'requests:propose',
    'requests:decide',
    'requests:execute',
    'requests:read',
    'audit:read',
  ];
  return createToken(service, { name: 'bench', scopes, owner: email });
}

/** Processor time that the service has taken since its start, by its own metrics. */
export async function cpuSecondsOf(serviceUrl: string): Promise<number> {
  const metrics = await (await fetch(`${serviceUrl}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(metrics)?.[1]);
}
