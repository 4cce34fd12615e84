import { callOf, childrenOf, macroOf, pathOf, type Node } from './ast';

/** A path that a condition reads. */
export interface Mention {
  path: string[];
  /** `always`: has to be there; `with`: has to be there if the parent that has() asked about is. */
  needed: { when: 'always' } | { when: 'with'; parent: string[] } | { when: 'asked' };
}

/**
 * Every path of a condition, and whether it has to be present before the condition is evaluated.
 * A use is optional only where has() on the same path has been answered with yes on the way to it:
 * CEL alone would let `missing || true` and `false && missing` pass.
 */
export function mentionsOf(root: Node): Mention[] {
  const mentions: Mention[] = [];
  const visit = (node: Node, known: string[], variables: string[]): void => {
    const path = pathOf(node);
    if (path) {
      if (!variables.includes(path[0] ?? '')) mentions.push({ path, needed: needOf(path, known) });
      return;
    }
    const asked = hasPath(node);
    if (asked) {
      mentions.push({ path: asked, needed: { when: 'asked' } });
      return;
    }
    const macro = macroOf(node);
    if (macro) {
      visit(macro.list, known, variables);
      visit(macro.body, known, [...variables, macro.variable]);
      return;
    }
    const [first, second, third] = childrenOf(node);
    if ((node.op === '&&' || node.op === '||') && first && second) {
      visit(first, known, variables);
      visit(second, [...known, ...present(first, node.op === '&&')], variables);
    } else if (node.op === '?:' && first && second && third) {
      visit(first, known, variables);
      visit(second, [...known, ...present(first, true)], variables);
      visit(third, [...known, ...present(first, false)], variables);
    } else {
      childrenOf(node).forEach((child) => visit(child, known, variables));
    }
  };
  visit(root, [], []);
  return mentions;
}

/** The path that a has() asks about. */
export function hasPath(node: Node): string[] | undefined {
  const call = callOf(node);
  return call?.name === 'has' && !call.target && call.args[0] ? pathOf(call.args[0]) : undefined;
}

/** Paths that are there for sure when the node's value is `value`. */
function present(node: Node, value: boolean): string[] {
  const asked = hasPath(node);
  if (asked) return value ? [asked.join('.')] : [];
  const [first, second] = childrenOf(node);
  if (node.op === '!_' && first) return present(first, !value);
  // A true `a && b` makes both true, a false `a || b` both false; the other ways nothing is sure.
  if ((node.op === '&&') === value && (node.op === '&&' || node.op === '||') && first && second) {
    return [...present(first, value), ...present(second, value)];
  }
  return [];
}

function needOf(path: string[], known: string[]): Mention['needed'] {
  if (known.includes(path.join('.'))) return { when: 'asked' };
  for (let length = path.length - 1; length > 0; length--) {
    const parent = path.slice(0, length);
    if (known.includes(parent.join('.'))) return { when: 'with', parent };
  }
  return { when: 'always' };
}
