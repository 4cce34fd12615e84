import { isNode, LineCounter, parseDocument } from 'yaml';

/**
 * Line (from 1) at which the value of a JSON pointer begins in a YAML text; where the pointer leads
 * nowhere, for example to a missing key, the line of its nearest parent.
 */
export function lineOfPointer(text: string, pointer: string): number {
  return lineFinder(text)(pointer);
}

/** `lineOfPointer` for several pointers into one text. */
export function lineFinder(text: string): (pointer: string) => number {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
  return (pointer) => {
    const path = pointer
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    for (let length = path.length; length >= 0; length -= 1) {
      const node: unknown =
        length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
}
