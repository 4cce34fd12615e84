import { SEALED, type Sealer } from '../ports';

/** What is stored of an answer: its JSON, in which the link to the status page is sealed. */
export function sealedAnswer(sealer: Sealer, answer: unknown, json: string): string {
  const link = linksOf(answer)?.['status'];
  // Nothing before the link can hold its secret, which is as old as the answer.
  return typeof link === 'string' ? json.replace(link, () => sealer.seal(link)) : json;
}

/** The stored answer as it was given; without the link when the key is gone. */
export function openedAnswer(sealer: Sealer, json: string): unknown {
  const answer = JSON.parse(json) as unknown;
  const links = linksOf(answer);
  const sealed = links?.['status'];
  if (!links || typeof sealed !== 'string' || !sealed.startsWith(SEALED)) return answer;
  const link = sealer.open(sealed);
  if (link === undefined) delete links['status'];
  else links['status'] = link;
  return answer;
}

function linksOf(answer: unknown): Record<string, unknown> | undefined {
  const links = (answer as { links?: unknown } | null | undefined)?.links;
  return typeof links === 'object' && links !== null
    ? (links as Record<string, unknown>)
    : undefined;
}
