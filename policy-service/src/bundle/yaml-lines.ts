import { isNode, LineCounter, parseDocument, type Document } from 'yaml';

/**
 * Finds lines (from 1) of one YAML text: where the value of a JSON pointer begins; where the pointer
 * leads nowhere, for example to a missing key, the line of its nearest parent. The text is read once,
 * when the first line is asked for, however many are.
 */
export function lineFinder(text: string): (pointer: string) => number {
  const lines = new LineCounter();
  let document: Document | undefined;
  return (pointer) => {
    document ??= parseDocument(text, { lineCounter: lines, uniqueKeys: false });
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
