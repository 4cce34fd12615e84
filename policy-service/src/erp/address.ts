import { lookup as resolve, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { kindOfAddress } from './ip-range';
import { resolveSetting, type Environment, type Setting } from './setting';

/**
 * The address of an ERP. Whoever writes a bundle must not choose where secrets of the environment
 * are sent, so a host is called only when it comes from the environment, is on the operator's
 * list, or is this machine.
 * @param what names the address in the sentences, for example `The address of My ERP`
 * @param allowedHosts hosts (`name` or `name:port`) to which the connector's own file keeps
 * @throws Error with a sentence when the address is missing, not usable or not allowed
 */
export function readAddress(
  setting: Setting,
  env: Environment,
  what: string,
  allowedHosts?: readonly string[],
): URL {
  const text = resolveSetting(setting, env, what.toLowerCase());
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const source = setting.variable ?? 'in its file';
  if (
    !url ||
    !['http:', 'https:'].includes(url.protocol) ||
    url.username !== '' ||
    url.password !== '' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    throw new Error(
      `${what} (${source}) must be an http or https URL without credentials, query or fragment.`,
    );
  }
  if (allowedHosts && !isListed(url, allowedHosts)) {
    throw new Error(
      `${what} (${source}) names the host ${url.host}, which is not in its allowedHosts.`,
    );
  }
  const fromEnvironment = setting.variable !== undefined && Boolean(env[setting.variable]);
  if (!fromEnvironment && !isLoopback(url) && !isListed(url, operatorHosts(env))) {
    throw new Error(
      `${what} is written in the bundle. Confirm it: set ${setting.variable ?? 'EXECUTION_LAYER_ERP_HOSTS'} to ${setting.variable ? 'the address' : url.host}.`,
    );
  }
  if (kindOfAddress(hostOf(url)) === 'never-an-erp') {
    throw new Error(`${what} (${source}) is an address that no ERP has.`);
  }
  return url;
}

/** Hosts that the operator allows in every bundle. */
function operatorHosts(env: Environment): string[] {
  return (env['EXECUTION_LAYER_ERP_HOSTS'] ?? '')
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter(Boolean);
}

/**
 * Whether a URL names this machine: a loopback address, or `localhost`, which `lookupFor` then
 * holds to one. A name that only begins like such an address is a name.
 */
export function isLoopback(url: URL): boolean {
  return isLocalName(url) || kindOfAddress(hostOf(url)) === 'this-machine';
}

/**
 * Resolves the name of a URL for one connection and refuses addresses that no ERP has. The
 * connection uses the address that was checked, so a name cannot be pointed elsewhere in between.
 */
export function lookupFor(url: URL): LookupFunction {
  const local = isLocalName(url);
  const usable = ({ address }: LookupAddress): boolean =>
    local ? kindOfAddress(address) === 'this-machine' : kindOfAddress(address) !== 'never-an-erp';
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return callback(error, '', 0);
      const allowed = found.filter(usable);
      const [first] = allowed;
      if (!first) {
        const refused = Object.assign(new Error('forbidden address'), {
          code: 'EFORBIDDENADDRESS',
        });
        return callback(refused, '', 0);
      }
      if (options.all) return callback(null, allowed);
      callback(null, first.address, first.family);
    });
  };
}

function isLocalName(url: URL): boolean {
  return ['localhost', 'localhost.'].includes(url.hostname);
}

/** `name` allows every port of a host, `name:port` one. */
function isListed(url: URL, hosts: readonly string[]): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return hosts.includes(url.hostname) || hosts.includes(`${url.hostname}:${port}`);
}

/** The host without the brackets of an IPv6 address. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
