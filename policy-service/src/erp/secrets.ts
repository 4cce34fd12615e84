export const REDACTED = '[redacted]';

/** A shorter value is not looked for: it would hide ordinary words and numbers everywhere. */
const SHORTEST = 8;
/** Of a credential that is renewed all the time, so many of the last values are still hidden. */
const KEPT = 8;

/**
 * The secrets that this process uses, known by value: an ERP that echoes one, in whatever member
 * and in the usual encodings, brings it no further than the reader of its answer.
 */
export class Secrets {
  private readonly fixed = new Map<string, string[]>();
  private readonly renewed = new Map<string, string[][]>();
  private forms: string[] = [];

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
    for (const form of this.forms) {
      if (clean.includes(form)) clean = clean.replaceAll(form, REDACTED);
    }
    return clean;
  }

  /** Longer forms come first: one may hold another. */
  private collect(): void {
    const all = [...this.fixed.values(), ...[...this.renewed.values()].flat()].flat();
    this.forms = [...new Set(all)].sort((a, b) => b.length - a.length);
  }
}

/** As it is, and as URLs, forms, JSON, HTML and Basic credentials write it. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const url = encodeURIComponent(Buffer.from(value).toString());
  const inUrls = [url, url.replaceAll('%20', '+')];
  return [
    value,
    ...inUrls,
    ...inUrls.map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    JSON.stringify(value).slice(1, -1),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ];
}
