import { lookup as resolve, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
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
  if (isIP(bare(url.hostname)) && isNeverAnErp(bare(url.hostname))) {
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

export function isLoopback(url: URL): boolean {
  const host = bare(url.hostname);
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/** Link-local addresses hold the metadata of cloud machines, credentials among them. */
const NEVER = new BlockList();
NEVER.addSubnet('169.254.0.0', 16, 'ipv4');
NEVER.addSubnet('0.0.0.0', 8, 'ipv4');
NEVER.addSubnet('224.0.0.0', 3, 'ipv4');
NEVER.addSubnet('fe80::', 10, 'ipv6');
NEVER.addSubnet('ff00::', 8, 'ipv6');
NEVER.addAddress('::', 'ipv6');
NEVER.addAddress('fd00:ec2::254', 'ipv6');

/** Whether an IP address, also an IPv4 one written as IPv6, can belong to no ERP. */
function isNeverAnErp(ip: string): boolean {
  return NEVER.check(ip, isIP(ip) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Resolves a name for one connection and refuses addresses that no ERP has. The connection uses
 * the address that was checked, so a name cannot be pointed elsewhere in between.
 */
export const checkedLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    if (error) return callback(error, '', 0);
    const usable = found.filter(({ address }) => !isNeverAnErp(address));
    const [first] = usable;
    if (!first) {
      const refused = Object.assign(new Error('forbidden address'), { code: 'EFORBIDDENADDRESS' });
      return callback(refused, '', 0);
    }
    if (options.all) return callback(null, usable);
    callback(null, first.address, first.family);
  });
};

function isListed(url: URL, hosts: readonly string[]): boolean {
  return hosts.includes(url.host) || hosts.includes(url.hostname);
}

/** An IPv6 host without its brackets. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
