/** Time and randomness are arguments of every use case. */
export interface Clock {
  now(): Date;
}
export interface Random {
  /** A sortable unique id with a prefix, for example `req_01J...`. */
  id(prefix: string): string;
  /** At least 128 bits, URL-safe. */
  secret(): string;
}
