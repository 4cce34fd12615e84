import type { Json, JsonObject } from '../domain/request/request';
import { cutText } from '../domain/request/storable';
import { REDACTED, Secrets } from './secrets';

const SENSITIVE =
  /pass(word|phrase)|passwd|secret|token|authori[sz]ation|cookie|credential|api[_-]?key|mail|phone|mobile|iban|card_?number|cvv|cvc|birth|passport/i;
/** An e-mail address in a path or query, where no name tells what it is. */
const ADDRESS = /%40|@/;
/** One in a sentence. The bound keeps a long text without any from being searched again and again. */
const ADDRESS_IN_TEXT = /[^\s"'<>(),:;]{1,64}@[^\s"'<>(),:;]*[^\s"'<>(),:;.]/g;
const MAX_RECORDED_CHARS = 8_000;

/** Hides secrets and personal fields in what is recorded of a call. */
export class Redactor {
  private readonly names: Set<string>;

  /**
   * @param names further member and header names to hide, compared in lower case
   * @param secrets hidden wherever they stand
   */
  constructor(
    names: string[],
    readonly secrets: Secrets = new Secrets(),
  ) {
    this.names = new Set(names.map((name) => name.toLowerCase()));
  }

  /** A copy without sensitive members, cut to a bounded size. */
  body(value: Json): Json {
    const clean = this.json(value);
    const text = JSON.stringify(clean);
    return text.length <= MAX_RECORDED_CHARS
      ? clean
      : { cut: true, characters: text.length, beginning: cutText(text, MAX_RECORDED_CHARS) };
  }

  /** A sentence without secrets and e-mail addresses. */
  text(text: string): string {
    return this.secrets.hide(text).replace(ADDRESS_IN_TEXT, REDACTED);
  }

  headers(headers: Record<string, string>): JsonObject {
    return this.json(headers) as JsonObject;
  }

  /** The path and query of a call, with sensitive query values and e-mail addresses hidden. */
  target(target: string): string {
    const [segments = '', query] = this.secrets.hide(target).split('?', 2);
    const path = segments
      .split('/')
      .map((segment) => (ADDRESS.test(segment) ? REDACTED : segment))
      .join('/');
    if (query === undefined) return path;
    const pairs = query.split('&').map((pair) => {
      const name = pair.split('=', 1)[0] ?? '';
      const hidden = this.isSensitive(decodeURIComponent(name)) || ADDRESS.test(pair);
      return hidden ? `${name}=${REDACTED}` : pair;
    });
    return `${path}?${pairs.join('&')}`;
  }

  private json(value: Json): Json {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.secrets.hideNumber(value);
    if (Array.isArray(value)) return value.map((item) => this.json(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]): [string, Json] => [
        name,
        this.isSensitive(name) ? REDACTED : this.json(member),
      ]),
    );
  }

  private isSensitive(name: string): boolean {
    return SENSITIVE.test(name) || this.names.has(name.toLowerCase());
  }
}
