/** A mailbox, whatever was written around it. */
export interface Mailbox {
  /** Unquoted, lower case. */
  local: string;
  /** Lower case, IDNA's ASCII form, without a trailing dot or brackets. */
  domain: string;
}

/** What a text says about who somebody is. */
export interface ParsedName {
  mailboxes: Mailbox[];
  /** What stands in angle brackets and is no mailbox: `Ana <u-17>` names u-17. */
  bracketed: string[];
  /** What is left: a display name, or a name that is no address at all; may be empty. */
  words: string;
}

/**
 * The one grammar of people's names and addresses. It reads RFC 5322 (display names, comments,
 * quoted parts, groups, routes, blanks around dots) and what people and programs put around an
 * address besides: `mailto:`, percent-encoding, brackets and quotes of every kind, full-width
 * letters, characters that nobody sees. Every mailbox that the text names is found, in comments and
 * quoted display names too; where a text can be read in two ways, both readings count.
 */
export function parseName(text: string): ParsedName {
  const { tokens, asides } = tokensOf(foldText(text));
  const mailboxes: Mailbox[] = [];
  const used = new Set<Token>();
  tokens.forEach((token, at) => {
    if (!isSpecial(token, '@') || isSpecial(tokens[at + 1], '@')) return;
    for (const local of runs(tokens, at, -1)) {
      for (const domain of runs(tokens, at, 1)) {
        const mailbox = { local: localOf(local), domain: domainOf(domain) };
        if (mailbox.local === '' || mailbox.domain === '') continue;
        mailboxes.push(mailbox);
        for (const one of [...local, token, ...domain]) used.add(one);
      }
    }
  });
  const inside = asides.map(parseName);
  const { bracketed, words } = wordsOf(tokens, used);
  return {
    mailboxes: [...mailboxes, ...inside.flatMap((one) => one.mailboxes)],
    bracketed,
    words: words || inside.map((one) => one.words).join(' '),
  };
}

/**
 * The address that an account is kept under: exact, so subaddresses and dots of the local part stay.
 * @returns undefined unless the text names exactly one mailbox
 */
export function accountAddress(text: string): string | undefined {
  const found = new Set(parseName(text).mailboxes.map(mailboxText));
  return found.size === 1 ? [...found][0] : undefined;
}

/** Whether a text is one address and nothing beside it but brackets; case and unseen characters do not count. */
export function isOneAddress(text: string): boolean {
  const { mailboxes, bracketed, words } = parseName(text);
  return new Set(mailboxes.map(mailboxText)).size === 1 && bracketed.length === 0 && words === '';
}

/** Percent-decoded, NFKC, lower case, without characters that nobody sees, each blank one space. */
export function foldText(text: string): string {
  let folded = text;
  // Decoding may uncover another layer; a name that is wrapped deeper stays as it is.
  for (let layer = 0; layer < 5; layer += 1) {
    const before = folded;
    folded = percentDecoded(folded)
      .normalize('NFKC')
      .replace(/[\s\u2800]+/gu, ' ')
      .replace(/[\p{Default_Ignorable_Code_Point}\p{C}]/gu, '')
      .replaceAll('\u3002', '.')
      .toLowerCase()
      .normalize('NFKC')
      .trim();
    if (folded === before) break;
  }
  return folded;
}

interface Token {
  kind: 'text' | 'quoted' | 'blank' | 'special';
  text: string;
}

function mailboxText({ local, domain }: Mailbox): string {
  return `${/[\s"(),:;<>@[\\\]]/u.test(local) ? JSON.stringify(local) : local}@${domain}`;
}

function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/giu, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes;
    }
  });
}

/** Comments and quoted texts that hold an address are asides: read for themselves. */
function tokensOf(text: string): { tokens: Token[]; asides: string[] } {
  const tokens: Token[] = [];
  const asides: string[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    const end = char === '"' ? endOfQuote(text, at) : char === '(' ? endOfComment(text, at) : -1;
    if (end >= 0) {
      const inner = text.slice(at + 1, end);
      if (char === '(') asides.push(inner.replace(/[()]/gu, ' '));
      else {
        tokens.push({ kind: 'quoted', text: inner.replace(/\\(.)/gu, '$1') });
        if (inner.includes('@')) asides.push(inner.replace(/["\\]/gu, ' '));
      }
      at = end + 1;
      continue;
    }
    const plain = /^[^\s<>[\]{},;:@.()"\\]+/u.exec(text.slice(at, at + LONGEST_ATOM))?.[0];
    if (plain) tokens.push({ kind: 'text', text: plain });
    else if (char === ' ') tokens.push({ kind: 'blank', text: char });
    // What was never closed is no quote and no comment.
    else if (!'"()\\'.includes(char)) tokens.push({ kind: 'special', text: char });
    at += plain?.length ?? 1;
  }
  return { tokens, asides };
}

/** Longer runs come as several tokens in a row, which reads the same. */
const LONGEST_ATOM = 64;

function endOfQuote(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') at += 1;
    else if (text.charAt(at) === '"') return at;
  }
  return -1;
}

function endOfComment(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') at += 1;
    else if (char === '(') depth += 1;
    else if (char === ')' && (depth -= 1) === 0) return at;
  }
  return -1;
}

/**
 * What may stand on one side of an `@`: words and dots in a row. A blank beside a dot may belong to
 * the address (RFC 5322) or end a sentence before it, so both readings are given.
 */
function runs(tokens: Token[], at: number, step: 1 | -1): Token[][] {
  let next = at + step;
  // Typed twice, it still stands between the same two.
  while (step === -1 && isSpecial(tokens[next], '@')) next += step;
  const skipBlanks = (): void => {
    while (tokens[next]?.kind === 'blank') next += step;
  };
  skipBlanks();
  const literal = step === 1 && isSpecial(tokens[next], '[') ? bracketsFrom(tokens, next) : [];
  if (literal.length > 0) return [literal];
  const readings: Token[][] = [];
  let run: Token[] = [];
  for (let token = tokens[next]; token !== undefined; token = tokens[next]) {
    if (token.kind === 'blank') {
      const last = run.at(step === 1 ? -1 : 0);
      skipBlanks();
      if (!isSpecial(last, '.') && !isSpecial(tokens[next], '.')) break;
      readings.push(run);
      continue;
    }
    if (token.kind === 'special' && token.text !== '.') break;
    run = step === 1 ? [...run, token] : [token, ...run];
    next += step;
  }
  return [...readings, run].filter((one) => one.length > 0);
}

function bracketsFrom(tokens: Token[], from: number): Token[] {
  const end = tokens.findIndex((token, at) => at > from && isSpecial(token, ']'));
  return end < 0 ? [] : tokens.slice(from + 1, end);
}

/** Without quotes of other kinds and emphasis around it, and without empty labels. */
function localOf(run: Token[]): string {
  const text = run.map((token) => token.text).join('');
  if (run.some(({ kind }) => kind === 'quoted')) return text;
  return text
    .replace(/^[\p{Pi}\p{Pf}'`*]+|[\p{Pi}\p{Pf}'`*]+$/gu, '')
    .split('.')
    .filter(Boolean)
    .join('.');
}

/** The first run of labels; what follows it, for example the `?subject=` of a link, is not of it. */
function domainOf(run: Token[]): string {
  const text = run.map((token) => token.text).join('');
  const [labels = ''] =
    /[\p{L}\p{N}][\p{L}\p{N}\p{M}_:-]*(?:\.+[\p{L}\p{N}\p{M}_-]+)*/u.exec(text) ?? [];
  const domain = labels.replace(/\.+/gu, '.').replace(/[._:-]+$/u, '');
  if (!/[^\p{ASCII}]/u.test(domain)) return domain;
  return URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : domain;
}

/** What no mailbox used; angle brackets set apart what they enclose. */
function wordsOf(
  tokens: Token[],
  used: ReadonlySet<Token>,
): Pick<ParsedName, 'bracketed' | 'words'> {
  const outside: string[] = [];
  const bracketed: string[] = [];
  let inside: string[] | undefined;
  for (const token of tokens) {
    if (isSpecial(token, '<')) inside = [];
    else if (isSpecial(token, '>')) {
      bracketed.push((inside ?? []).join(''));
      inside = undefined;
    } else if (!used.has(token)) (inside ?? outside).push(token.text);
  }
  outside.push(...(inside ?? []));
  return {
    bracketed: bracketed.map(tidy).filter(Boolean),
    words: tidy(outside.join('')),
  };
}

/** Without marks around it, which say nothing of who it is; unless there is nothing else. */
function tidy(text: string): string {
  const words = text.replace(/[[\]{} ]+/gu, ' ').trim();
  return words.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}\p{M}]+$/gu, '') || words;
}

function isSpecial(token: Token | undefined, text: string): boolean {
  return token?.kind === 'special' && token.text === text;
}
