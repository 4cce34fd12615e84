import { base64Forms, encodedForms, MAY_BE_ENCODED } from './encoded-forms';

export const REDACTED = '[redacted]';

/** A secret as texts may hold it. */
interface Forms {
  plain: string;
  /** In base64, or hexadecimal. */
  whole: RegExp[];
  /** Character by character. */
  encoded: RegExp;
}

/** A shorter value is not looked for: it would hide ordinary words and numbers everywhere. */
const SHORTEST = 8;
/** Of a credential that is renewed all the time, so many of the last values are still hidden. */
const KEPT = 8;

/**
 * The secrets that this process uses, known by value: an ERP that echoes one, in whatever member
 * and in the usual encodings, brings it no further than the reader of its answer.
 */
export class Secrets {
  private readonly fixed = new Map<string, Forms>();
  private readonly renewed = new Map<string, Forms[]>();
  private forms: Forms[] = [];

  /** A secret that holds as long as the process. */
  add(value: string): void {
    if (value.length < SHORTEST || this.fixed.has(value)) return;
    this.fixed.set(value, formsOf(value));
    this.collect();
  }

  /** The next value of a credential that is fetched while the process runs. */
  renew(name: string, value: string): void {
    if (value.length < SHORTEST) return;
    const before = this.renewed.get(name) ?? [];
    this.renewed.set(name, [...before, formsOf(value)].slice(-KEPT));
    this.collect();
  }

  /** The text without any secret. */
  hide(text: string): string {
    let clean = text;
    const mayBeEncoded = MAY_BE_ENCODED.test(text);
    for (const { plain, whole, encoded } of this.forms) {
      // Before the plain one, which would leave the end of an escape.
      if (mayBeEncoded) clean = clean.replace(encoded, REDACTED);
      if (clean.includes(plain)) clean = clean.replaceAll(plain, REDACTED);
      for (const form of whole) clean = clean.replace(form, REDACTED);
    }
    return clean;
  }

  /** The number, or what is left of its text when it holds a secret. */
  hideNumber(number: number): number | string {
    const text = String(number);
    if (text.length < SHORTEST) return number;
    const clean = this.hide(text);
    return clean === text ? number : clean;
  }

  /** Longer secrets come first: one may hold another. */
  private collect(): void {
    const all = [...this.fixed.values(), ...[...this.renewed.values()].flat()];
    this.forms = all.sort((a, b) => b.plain.length - a.plain.length);
  }
}

function formsOf(value: string): Forms {
  const hex = new RegExp(Buffer.from(value).toString('hex'), 'giu');
  return { plain: value, whole: [...base64Forms(value), hex], encoded: encodedForms(value) };
}
