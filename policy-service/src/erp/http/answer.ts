import type { Json } from '../../domain/request';

export type Readable = { readable: true; json: Json | undefined } | { readable: false };

/** Reads a whole body as strict UTF-8 JSON; an empty body is readable and holds nothing. */
export function readAnswer(body: Buffer): Readable {
  if (body.length === 0) return { readable: true, json: undefined };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return { readable: true, json: JSON.parse(text) as Json };
  } catch {
    return { readable: false };
  }
}
