import fc from 'fast-check';
import { accountAddress, parseName } from '../../../policy-service/src/domain/identity/address';
import type { Person } from '../../../policy-service/src/domain/identity/identity';
import {
  accountOf,
  countPeople,
  identityKey,
  isSamePerson,
  namesSomebody,
} from '../../../policy-service/src/domain/identity/identity-check';

const person = (email: string, aliases: string[] = []): Person => ({
  email,
  name: email,
  roles: [],
  aliases,
  passwordHash: '',
  createdAt: '',
});
const same = (a: string, b: string, people: Person[] = []): boolean => {
  const [there, back] = [isSamePerson(a, b, people), isSamePerson(b, a, people)];
  expect(there).toBe(back);
  return there;
};

describe('one person, however the address is written', () => {
  test.each([
    'ANA.S@Example.COM',
    ' ana.s@example.com\t',
    'ana.s+payments@example.com',
    'anas+a+b@example.com',
    'a.n.a.s@example.com',
    'ana.s@example.com.',
    'ana.s@example.com..',
    '<ana.s@example.com>',
    '<<ana.s@example.com>>',
    'Ana <ana.s@example.com>',
    '"Ana S., CFO" <ana.s@example.com>',
    'Ana S. <ana.s@example.com> (finance)',
    'ana.s@example.com (Ana)',
    '(Ana) ana.s(of (finance))@(here)example.com(there)',
    '"ana.s"@example.com',
    '"ana".s@example.com',
    '"an\\a.s"@example.com',
    "'ana.s@example.com'",
    '“ana.s@example.com”',
    '`ana.s@example.com`',
    '*ana.s@example.com*',
    '"ana.s@example.com',
    'ana.s@example.com"',
    '[ana.s@example.com]',
    '{ana.s@example.com},',
    'ana.s@example.com;',
    'mailto:ana.s@example.com',
    'MAILTO:ana.s@example.com?subject=Pay',
    'mailto:?to=ana.s@example.com',
    'mailto:ana.s%40example.com',
    'ana%2Es%40example%2Ecom',
    'ana.s%2540example.com',
    'https://ana.s@example.com/inbox',
    'sip:ana.s@example.com;transport=tcp',
    '[Ana](mailto:ana.s@example.com)',
    '<a href="mailto:ana.s@example.com">Ana</a>',
    'Finance: ana.s@example.com;',
    'Finance: bob@example.com, Ana <ana.s@example.com>;',
    '<@relay.example.net:ana.s@example.com>',
    'ana . s @ example . com',
    'Dr. ana.s@example.com',
    'It is ana.s@example.com. Thanks',
    'ana.s@\nexample.com',
    'ａｎａ．ｓ＠ｅｘａｍｐｌｅ．ｃｏｍ',
    'ana.s﹫example.com',
    'ana.s＋pay@example.com',
    'ana.s@example。com',
    'ana\u00ad.s@exam\u200bple.com',
    'ana\u3164.s@example.com',
    'ana\ufe0f.s\u034f@example\u2060.com',
    '\u202eana.s@example.com\u202c',
    '\u{e0001}ana.s\u{e0061}@example.com',
    '"ana.s@example.com" <bob@example.com>',
    'ana.s@@example.com',
    'ana.s@example.com@relay.example',
    'ana.s%example.com@relay.example',
    'example.com!ana.s@relay.example',
    'mailto:bob@example.com?cc=ana.s@example.com',
    '%6Dailto:%61na.s%2540example.com',
    'EX=/o=x;SMTP:ana.s@example.com',
    'CN=Ana,E=ana.s@example.com',
    'bob@example.com|ana.s@example.com',
    'bob@example.com\nana.s@example.com',
    '"ana"."s"@example.com',
    'ana(a(b)c).s@example(d).com',
    '「ana.s@example.com」',
    '\u{1d41a}na.s@example.com',
    'ana\u115f.s@example.com\u0000',
    `${'x'.repeat(5000)} ana.s@example.com`,
    `ana.s@example.com${' '.repeat(5000)}`,
  ])('%j', (written) => {
    expect(same(written, 'ana.s@example.com')).toBe(true);
    expect(same(written, 'carl@example.com')).toBe(false);
    expect(isSamePerson(person('ana.s@example.com'), written, [])).toBe(true);
  });

  test('a domain in letters and in punycode', () => {
    expect(same('ana@münchen.example', 'ana@xn--mnchen-3ya.example')).toBe(true);
    expect(same('ana@MÜNCHEN.example', 'Ana <ana@XN--MNCHEN-3YA.example.>')).toBe(true);
    expect(same('ana@straße.example', 'ana@strasse.example')).toBe(false);
  });

  test('names that are no address are compared whole', () => {
    expect(same('The Owner', '  the\u00a0OWNER. ')).toBe(true);
    expect(same('The Owner', '"The  Owner"')).toBe(true);
    expect(same('The Owner', 'The Own')).toBe(false);
    expect(same('U-17', 'Somebody <u-17>')).toBe(true);
    expect(same('Somebody <u-17>', 'Somebody <u-18>')).toBe(false);
    expect(same('Ana', 'Ana <ana@example.com>')).toBe(true);
    expect(same('STRASSE', 'straße')).toBe(true);
    expect(same('😀', '😀')).toBe(true);
    expect(same('😀', '😃')).toBe(false);
  });

  test('what names nobody is nobody, and no two of them are one', () => {
    for (const empty of ['', '  ', '\u3164', '\u200b\ufe0f', '\u2800']) {
      expect(namesSomebody(empty)).toBe(false);
      expect(same(empty, '')).toBe(false);
    }
    for (const odd of ['()', '<>', '@', '""', '@example.com', 'ana@', '...@example.com']) {
      expect(namesSomebody(odd)).toBe(true);
      expect(same(odd, odd)).toBe(true);
      expect(same(odd, 'ana@example.com')).toBe(false);
    }
  });
});

describe('different mailboxes are different people', () => {
  test.each([
    ['ana@example.com', 'bob@example.com'],
    ['ana@example.com', 'ana@example.org'],
    ['ana@example.com', 'ana@mail.example.com'],
    ['Ana <ana@example.com>', 'Ana <bob@example.com>'],
    ['a@example.com', 'b@example.com'],
    ['+ana@example.com', '+bob@example.com'],
    ['ana-b@example.com', 'ana-c@example.com'],
    ['"a b"@example.com', '"c b"@example.com'],
    ['"a@b"@example.com', '"c@b"@example.com'],
    ['ana@[192.0.2.1]', 'ana@[192.0.2.2]'],
    ['mailto:ana@example.com', 'mailto:bob@example.com'],
    ['(x) ana@example.com', '(x) bob@example.com'],
  ])('%s and %s', (a, b) => expect(same(a, b)).toBe(false));
});

describe('through the people table', () => {
  const boss = person('boss@example.com', ['The Boss', 'shared@example.com']);
  const second = person('second@example.com', ['Shared <shared+x@example.com>']);
  const third = person('third@example.com', ['second@example.com.']);
  const other = person('other@example.com');
  const people = [boss, second, third, other];

  test('aliases and shared addresses join accounts, also over several', () => {
    expect(same('the boss', 'second@example.com', people)).toBe(true);
    expect(isSamePerson(boss, third, people)).toBe(true);
    expect(isSamePerson(third, boss, people)).toBe(true);
    expect(isSamePerson(boss, other, people)).toBe(false);
    expect(same('The Boss <nobody@example.net>', 'third+t@example.com', people)).toBe(true);
  });

  test('the name of an account names its person where a claim has nothing else', () => {
    const ana = { ...person('ana@example.com'), name: 'Ana Silva' };
    const namesake = { ...person('a.silva@example.org'), name: 'Ana Silva' };
    const both = [ana, namesake];
    for (const one of both) {
      expect(isSamePerson(one, ' ANA  silva.', both)).toBe(true);
      expect(isSamePerson('Ana Silva', one, both)).toBe(true);
      expect(isSamePerson(one, 'Ana', both)).toBe(false);
      expect(isSamePerson(one, 'Ana Silva <carl@example.com>', both)).toBe(false);
    }
    // One name does not make two accounts one person.
    expect(countPeople(both, both)).toBe(2);
    expect(accountOf('Ana Silva', both)).toBe(accountOf('ana silva', [namesake, ana]));
  });

  test('people are counted, not accounts', () => {
    const voters = ['boss@example.com', 'third@example.com', 'other@example.com'];
    expect(countPeople(voters, people)).toBe(2);
    expect(countPeople(voters, [])).toBe(3);
    expect(countPeople([], people)).toBe(0);
  });
});

test('an account keeps its exact address', () => {
  expect(accountAddress('Ana <Ana.S+x@Example.com.>')).toBe('ana.s+x@example.com');
  expect(accountAddress('"ana".s@example.com')).toBe('ana.s@example.com');
  expect(accountAddress('root@localhost')).toBe('root@localhost');
  expect(accountAddress('ana%sales@example.com')).toBe('ana%sales@example.com');
  expect(accountAddress("o'brien@example.com")).toBe("o'brien@example.com");
  expect(accountAddress('"a b"@example.com')).toBe('"a b"@example.com');
  expect(accountAddress('ana@münchen.example')).toBe('ana@xn--mnchen-3ya.example');
  for (const none of ['', 'ana', 'ana@', '@example.com', 'ana@example.com, bob@example.com']) {
    expect(accountAddress(none)).toBeUndefined();
  }
});

describe('laws', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/);
  const mailbox = fc.tuple(word, word).map(([local, host]) => `${local}@${host}.example`);
  const split = (text: string): [string, string] => text.split('@') as [string, string];
  const invisible = fc.constantFrom('\u200b', '\u00ad', '\ufe0f', '\u3164', '\u2060', '\u202e');
  const decoration = fc.oneof(
    fc.constantFrom<(text: string) => string>(
      (text) => text.toUpperCase(),
      (text) => ` ${text} `,
      (text) => `<${text}>`,
      (text) => `Somebody Else <${text}>`,
      (text) => `mailto:${text}`,
      (text) => `(note) ${text} (of (it))`,
      (text) => `Team: ${text};`,
      (text) => `'${text}'`,
      (text) => text.replace(/@([^<>() :;']+)/, '@$1.'),
      (text) => text.replace('@', ' @ '),
      (text) => text.replace('@', '%40'),
      (text) => text.replace('@', '\uff20'),
      (text) => text.replace(/([a-z0-9]+)@/i, '$1+tag@'),
      (text) => text.replace(/([a-z0-9])@/i, '.$1@'),
      (text) => text.replace(/([a-z0-9]+)@/i, '"$1"@'),
      (text) => text.replace(/@/, '(c)@'),
      (text) => text.normalize('NFKD'),
    ),
    fc.tuple(invisible, fc.nat(200)).map(
      ([char, at]) =>
        (text: string) =>
          text.slice(0, at % (text.length + 1)) + char + text.slice(at % (text.length + 1)),
    ),
  );

  test('any decoration of an address is the same person, and nobody else', () => {
    fc.assert(
      fc.property(mailbox, mailbox, fc.array(decoration, { maxLength: 3 }), (a, b, ways) => {
        const written = ways.reduce((text, way) => way(text), a);
        if (!isSamePerson(written, a, [])) throw new Error(`${written} is not ${a}`);
        const differ = split(a).join() !== split(b).join();
        if (differ && isSamePerson(written, b, [])) throw new Error(`${written} is ${b}`);
        if (identityKey(a) === identityKey(b) && differ) throw new Error('one key for two');
      }),
      { numRuns: 500 },
    );
  });

  test('any text at all is read in no time, and is itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        parseName(text);
        expect(isSamePerson(text, text, [])).toBe(namesSomebody(text));
      }),
    );
    for (const bad of ['"', '(', '((@', 'a . ', '@', '%25', '<', '\\"', 'a@b . ']) {
      const started = process.cpuUsage();
      parseName(bad.repeat(200 / bad.length));
      expect(process.cpuUsage(started).user / 1_000).toBeLessThan(2_000);
    }
  });
});
