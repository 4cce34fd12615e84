/** Larger than was allowed; nothing of it was kept. */
export class AnswerTooLarge extends Error {}

/**
 * The whole body of an answer.
 * @throws AnswerTooLarge as soon as it is; the rest is not read
 */
export async function readBounded(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early closes the connection.
  for await (const chunk of (response.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw new AnswerTooLarge(`The answer is larger than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A fetch that resolves with the whole answer, so that a caller's time limit covers its body too. */
export function boundedFetch(maxBytes: number): typeof fetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    const { status, headers } = response;
    const body = await readBounded(response, maxBytes);
    return new Response(body.length > 0 ? new Uint8Array(body) : null, { status, headers });
  };
}
