import ipaddr from 'ipaddr.js';

/** What an IP address means to a call: this machine, one that no ERP has, or any other. */
export type AddressKind = 'this-machine' | 'never-an-erp' | 'other';

/**
 * Addresses under which clouds hand out credentials. Those of 169.254.0.0/16 are link-local, which
 * no ERP is either.
 */
const METADATA = [
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd20:ce::254',
].map((ip) => ipaddr.parse(ip).toString());

/** Nothing answers there, or many do, or nobody may say who. */
const NEVER = ['unspecified', 'broadcast', 'multicast', 'linkLocal', 'discard'];

/** Prefixes whose addresses carry an IPv4 one, which is what is called in the end. */
const CARRIERS: [prefix: string, at: number][] = [
  ['::ffff:0:0/96', 12],
  ['::ffff:0:0:0/96', 12],
  ['::/96', 12],
  ['64:ff9b::/96', 12],
  ['64:ff9b:1::/48', 12],
  ['2002::/16', 2],
  ['2001::/32', 12],
];
const TEREDO = '2001::/32';

/**
 * Judges an IP address by its value, however it is written, also an IPv4 one inside an IPv6 one
 * (mapped, translated by NAT64, 6to4, Teredo).
 * @returns `other` for what is no IP address: a name, judged when it is resolved
 */
export function kindOfAddress(text: string): AddressKind {
  if (!ipaddr.isValid(text)) return 'other';
  const address = ipaddr.parse(text);
  const range = address.range();
  if (range === 'loopback') return 'this-machine';
  if (METADATA.includes(address.toString()) || NEVER.includes(range)) return 'never-an-erp';
  if (!(address instanceof ipaddr.IPv6)) {
    const [first = 0] = address.octets;
    // 0.0.0.0/8 means "this network", which some systems take for this machine; 240.0.0.0/4 is no host.
    return first === 0 || first >= 240 ? 'never-an-erp' : 'other';
  }
  return kindOfCarrier(address);
}

function kindOfCarrier(address: ipaddr.IPv6): AddressKind {
  for (const [prefix, at] of CARRIERS) {
    if (!address.match(ipaddr.parseCIDR(prefix) as [ipaddr.IPv6, number])) continue;
    const carried = address.toByteArray().slice(at, at + 4);
    // Teredo turns each bit of the client's address around.
    const octets = prefix === TEREDO ? carried.map((octet) => octet ^ 0xff) : carried;
    const kind = kindOfAddress(octets.join('.'));
    // Only a mapped address is this machine; a translator that leads to it is somebody's trick.
    if (kind !== 'this-machine') return kind;
    return address.isIPv4MappedAddress() ? kind : 'never-an-erp';
  }
  return 'other';
}
