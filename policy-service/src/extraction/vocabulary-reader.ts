import type { Json, JsonObject } from '../domain/request/request';

/** Reads a YAML block key by key; every refusal names the key and what is expected there. */
export class Reader {
  readonly value: JsonObject;

  constructor(
    value: Json | undefined,
    private readonly path: string,
  ) {
    if (value === undefined) this.value = {};
    else if (typeof value === 'object' && value !== null && !Array.isArray(value))
      this.value = value;
    else throw new Error(`${path} must be a map of keys.`);
  }

  /** @throws Error always, with the path of the key. */
  fail(key: string, problem: string): never {
    throw new Error(`${this.path}/${key} ${problem}.`);
  }

  only(keys: string[]): void {
    for (const key of Object.keys(this.value))
      if (!keys.includes(key)) this.fail(key, `is not a known key; use ${keys.join(', ')}`);
  }

  object(key: string): Reader {
    // Names of arguments are anybody's: `constructor` is one that was not written here.
    const own = Object.hasOwn(this.value, key) ? this.value[key] : undefined;
    return new Reader(own, `${this.path}/${key}`);
  }

  list(key: string): Reader[] {
    const value = this.value[key];
    if (value === undefined) return [];
    if (!Array.isArray(value)) return this.fail(key, 'must be a list');
    return value.map((item, index) => new Reader(item, `${this.path}/${key}/${index}`));
  }

  string(key: string): string {
    const value = this.value[key];
    return typeof value === 'string' && value.trim() !== ''
      ? value
      : this.fail(key, 'must be a text');
  }

  strings(key: string, fallback: string[] = []): string[] {
    const value = this.value[key];
    if (value === undefined) return fallback;
    if (!Array.isArray(value)) return this.fail(key, 'must be a list of texts');
    return value.map((item) =>
      typeof item === 'string' && item.trim() !== ''
        ? item
        : this.fail(key, `must hold texts only; put ${JSON.stringify(item)} in quotes`),
    );
  }

  number(key: string): number | undefined {
    const value = this.value[key];
    if (value === undefined) return undefined;
    return typeof value === 'number' && value >= 0 && value <= 5
      ? value
      : this.fail(key, 'must be a number from 0 to 5');
  }

  choice<T extends string>(key: string, values: readonly T[]): T | undefined {
    const value = this.value[key];
    if (value === undefined) return undefined;
    const known = values.find((candidate) => candidate === value);
    return known ?? this.fail(key, `must be one of ${values.join(', ')}`);
  }
}
