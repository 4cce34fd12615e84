import type { AuthDefinition } from './definition';
import { resolveSetting, type Environment } from './setting';

/**
 * The header that authenticates a call, or none. Secrets come from the environment.
 * @throws Error naming the variable that must be set
 */
export function authHeader(auth: AuthDefinition, env: Environment): Record<string, string> {
  switch (auth.type) {
    case 'none':
      return {};
    case 'bearer':
      return { authorization: `Bearer ${resolveSetting(auth.token, env, 'the token of the ERP')}` };
    case 'header':
      return { [auth.header.toLowerCase()]: resolveSetting(auth.value, env, 'the key of the ERP') };
    case 'basic': {
      const username = resolveSetting(auth.username, env, 'the user name in the ERP');
      const password = resolveSetting(auth.password, env, 'the password in the ERP');
      return {
        authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      };
    }
  }
}
