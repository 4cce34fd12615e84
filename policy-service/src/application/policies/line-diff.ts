/** Lines around a change that are shown with it. */
const CONTEXT = 3;
/** Texts that differ in more lines are shown as one replaced by the other. */
const MAX_EDITS = 1000;

interface Line {
  sign: ' ' | '-' | '+';
  text: string;
}

/** Changed lines with their context, as a unified diff without its file header. */
export function lineDiff(before: string, after: string): string[] {
  return hunks(edits(linesOf(before), linesOf(after)));
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function edits(a: string[], b: string[]): Line[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  const longest = Math.min(a.length, b.length) - start;
  while (end < longest && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const same = (lines: string[]): Line[] => lines.map((text) => ({ sign: ' ', text }));
  return [
    ...same(a.slice(0, start)),
    ...shortestEdits(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...same(a.slice(a.length - end)),
  ];
}

/** Myers' greedy algorithm: the fewest removed and added lines. */
function shortestEdits(a: string[], b: string[]): Line[] {
  const most = Math.min(a.length + b.length, MAX_EDITS);
  const furthest = new Int32Array(2 * most + 3);
  const at = (k: number): number => furthest[k + most + 1] ?? 0;
  const trace: Int32Array[] = [];
  for (let d = 0; d <= most; d += 1) {
    trace.push(furthest.slice());
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
      let x = down ? at(k + 1) : at(k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      furthest[k + most + 1] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(a, b, trace, most);
    }
  }
  return [
    ...a.map((text): Line => ({ sign: '-', text })),
    ...b.map((text): Line => ({ sign: '+', text })),
  ];
}

function walkBack(a: string[], b: string[], trace: Int32Array[], most: number): Line[] {
  const lines: Line[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const at = (k: number): number => trace[d]?.[k + most + 1] ?? 0;
    const k = x - y;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const fromX = d === 0 ? 0 : at(down ? k + 1 : k - 1);
    const fromY = d === 0 ? 0 : fromX - (down ? k + 1 : k - 1);
    while (x > fromX && y > fromY) {
      x -= 1;
      y -= 1;
      lines.push({ sign: ' ', text: a[x] ?? '' });
    }
    if (d > 0)
      lines.push(down ? { sign: '+', text: b[fromY] ?? '' } : { sign: '-', text: a[fromX] ?? '' });
    x = fromX;
    y = fromY;
  }
  return lines.reverse();
}

function hunks(lines: Line[]): string[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== ' '),
  );
  const shown: string[] = [];
  const count = { '-': 0, '+': 0 };
  lines.forEach(({ sign, text }, index) => {
    if (near[index] && !near[index - 1]) shown.push(`@@ -${count['-'] + 1} +${count['+'] + 1} @@`);
    if (near[index]) shown.push(`${sign}${text}`);
    if (sign !== '+') count['-'] += 1;
    if (sign !== '-') count['+'] += 1;
  });
  return shown;
}
