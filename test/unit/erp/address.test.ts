import { isLoopback, lookupFor, readAddress } from '../../../policy-service/src/erp/address';
import { kindOfAddress } from '../../../policy-service/src/erp/ip-range';

const read = (address: string): URL => readAddress({ fallback: address }, {}, 'The address');
const confirmed = (address: string): URL =>
  readAddress({ variable: 'ERP_URL' }, { ERP_URL: address }, 'The address');

describe('this machine is told by the value of its address', () => {
  it.each([
    'http://127.0.0.1:1',
    'http://127.9.8.7',
    'http://localhost',
    'http://LOCALHOST:8069/x',
    'http://[::1]:1',
    'http://[::ffff:127.0.0.1]',
    'http://2130706433',
    'http://0x7f.1',
    'http://0177.0.0.1',
    'http://127.0.0.1.',
  ])('%s', (address) => {
    expect(isLoopback(new URL(address))).toBe(true);
    expect(() => read(address)).not.toThrow();
  });

  it.each([
    'http://127.attacker.test',
    'http://127.0.0.1.attacker.test',
    'http://localhost.attacker.test',
    'http://xlocalhost',
    'http://127-0-0-1.attacker.test',
    'http://[64:ff9b::7f00:1]',
    'http://[2002:7f00:1::]',
    'http://[::127.0.0.1]',
    'http://128.0.0.1',
  ])('and by nothing else: %s', (address) => {
    expect(isLoopback(new URL(address))).toBe(false);
    expect(() => read(address)).toThrow(/Confirm it/);
  });
});

it.each([
  '169.254.169.254',
  '[::ffff:169.254.169.254]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b:1::a9fe:a9fe]',
  '[2002:a9fe:a9fe::1]',
  '[2001:0:1:2:3:4:5601:5601]',
  '[::169.254.169.254]',
  '[::ffff:0:a9fe:a9fe]',
  '[fd00:ec2::254]',
  '[fd20:ce::254]',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '2852039166',
  '0xa9fea9fe',
  '169.254.169.254.',
  '0.0.0.0',
  '[::]',
  '[fe80::1]',
  '[ff02::1]',
  '255.255.255.255',
  '224.0.0.1',
  '[64:ff9b::7f00:1]',
])('no ERP has the address %s, also where the operator names it', (host) => {
  expect(() => confirmed(`http://${host}/`)).toThrow(/no ERP has/);
});

it.each(['10.0.0.7', '192.168.1.1', '100.64.0.1', '[fd12::1]', '[64:ff9b::a00:7]', '1.1.1.1'])(
  'an ERP may have the address %s',
  (host) => {
    expect(confirmed(`http://${host}/`).host).toBe(host);
  },
);

it('a zone id is part of no URL, and does not hide an address', () => {
  expect(kindOfAddress('fe80::1%eth0')).toBe('never-an-erp');
  expect(() => confirmed('http://[fe80::1%25eth0]/')).toThrow();
});

it('a listed port is the one that is called, also when it is the usual one', () => {
  const listed = (hosts: string) =>
    readAddress(
      { fallback: 'https://erp.example.com/x' },
      { EXECUTION_LAYER_ERP_HOSTS: hosts },
      'It',
    );
  expect(listed('erp.example.com:443').hostname).toBe('erp.example.com');
  expect(() => listed('erp.example.com:8443')).toThrow(/Confirm it/);
});

it('the name localhost is held to this machine when it is resolved', async () => {
  const address = await new Promise((resolve, reject) =>
    lookupFor(new URL('http://localhost'))('localhost', {}, (error, found) =>
      error ? reject(error) : resolve(found),
    ),
  );
  expect(kindOfAddress(String(address))).toBe('this-machine');
  // An address given as text resolves to itself: a name that leads elsewhere is refused.
  const elsewhere = new Promise((resolve) =>
    lookupFor(new URL('http://localhost'))('10.0.0.7', {}, (error) => resolve(error?.code)),
  );
  expect(await elsewhere).toBe('EFORBIDDENADDRESS');
});

it('a name that leads to the metadata of a cloud is refused when it is resolved', async () => {
  const code = await new Promise((resolve) =>
    lookupFor(new URL('http://erp.example.com'))('169.254.169.254', {}, (error) =>
      resolve(error?.code),
    ),
  );
  expect(code).toBe('EFORBIDDENADDRESS');
});
