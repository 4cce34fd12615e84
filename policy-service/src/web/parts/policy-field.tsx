import type { PolicyChoice } from '../what-if-deps';
import { moment, visible } from '../words';

/** `sha256:3f9a…` as people tell versions apart. */
export function shortVersion(version: string): string {
  return visible(version.replace(/^sha256:/, '').slice(0, 12));
}

/** Which stored policy is asked. */
export function PolicyField({ policies, version }: { policies: PolicyChoice[]; version: string }) {
  return (
    <label>
      Policy
      <select name="policy">
        {policies.map((policy) => (
          <option value={policy.version} selected={policy.version === version}>
            {policy.active ? 'Active: ' : ''}
            {shortVersion(policy.version)}, stored {moment(policy.createdAt)} by{' '}
            {visible(policy.createdBy)}
          </option>
        ))}
      </select>
    </label>
  );
}
