import type { ValueForm, ValueWords } from '../vocabulary';
import { isAscii } from '../text/characters';
import { type Candidate, type Reading, type Scene, choose, inWindow, phrases } from './scene';
import { textAt } from './free-text';

/** The new value of a field, in the form that the field has. */
export function readValue(words: ValueWords, scene: Scene, field: string | undefined): Reading {
  const form = field === undefined ? undefined : words.forms[field];
  if (!form || field === undefined) return {};
  const named = scene.roles.filter(
    (one) =>
      one.payload.argument === words.of &&
      one.payload.value === field &&
      inWindow(scene, one.first),
  );
  const after = Math.min(...named.map((one) => one.last), scene.to);
  const introducers = phrases(scene, words.name, 'introducers').filter(
    (one) => one.last >= after || named.length === 0,
  );
  if (form === 'email' || form === 'phone')
    return readToken(
      form,
      scene,
      introducers.map((one) => one.last),
      field,
    );
  const earlier = phrases(scene, words.name, 'introducers').filter(
    (one) =>
      one.last < after && !named.some((name) => one.first >= name.first && one.last <= name.last),
  );
  for (const one of [...introducers, ...(introducers.length === 0 ? earlier : [])]) {
    const reading = passage(scene, one.last + 1, form);
    if (reading) return reading;
  }
  const given = scene.tokens
    .slice(scene.from, scene.to)
    .findIndex((token) => token.norm === 'make');
  const owner = named.find(
    (one) => scene.tokens[one.first - 1]?.norm === 'the' && one.first - 1 > scene.from + given,
  );
  if (given >= 0 && owner && introducers.length === 0)
    return passage({ ...scene, to: owner.first - 1 }, scene.from + given + 1, form) ?? {};
  for (const one of [...named].reverse()) {
    const reading = passage(scene, one.last + 1, form);
    if (reading) return reading;
  }
  return {};
}

/** Words behind an introducer, unless they only name the record. */
function passage(scene: Scene, from: number, form: ValueForm): Reading | undefined {
  let at = from;
  while (
    /^(?::|=|-|,|is|now|be|the|account|rep|to|as|value|new|\()$/.test(
      scene.tokens[at]?.norm ?? '',
    ) &&
    at < scene.to
  )
    at += 1;
  const token = scene.tokens[at];
  const noted =
    token &&
    (token.kind === 'id' ||
      token.kind === 'nearId' ||
      /^(?:contact|for|of|on|in|from|and|please|by|with|their|his|her|at|number|field|was|has|phone|email|address|owner|status)$/.test(
        token.norm,
      ));
  if (!token || noted || at >= scene.to) return undefined;
  const reading = textAt(
    { ...scene, to: form === 'line' ? scene.to : shortEnd(scene, at) },
    at,
    form === 'line' ? 'line' : 'labelled',
  );
  if (typeof reading?.value !== 'string') return reading;
  return isAscii(reading.value) || /^[\p{L}\p{M}\p{N}\p{P}\p{Zs}]+$/u.test(reading.value)
    ? reading
    : { trouble: 'The new value has unusual characters.' };
}

/** Names and states end at a comma, a joining word or an id. */
function shortEnd(scene: Scene, from: number): number {
  for (let at = from; at < scene.to; at += 1) {
    const token = scene.tokens[at];
    if (
      !token ||
      token.kind === 'break' ||
      token.text === ',' ||
      token.kind === 'id' ||
      (at > from &&
        /^(?:for|on|in|as|from|instead|and|or|please|because|since|at|who|which|if|when|once|effective|starting|by|with|but|now|thanks|thank|of|the|today|tomorrow)$/.test(
          token.norm,
        ))
    )
      return at;
  }
  return scene.to;
}

function readToken(
  form: 'email' | 'phone',
  scene: Scene,
  introducers: number[],
  field: string,
): Reading {
  const list: Candidate[] = [];
  for (let index = scene.from; index < scene.to; index += 1) {
    const token = scene.tokens[index];
    if (!token || !inWindow(scene, index)) continue;
    if (token.kind === form && isAscii(token.text))
      list.push({ value: token.text, first: index, last: index });
    else if (token.kind === form) return { trouble: `The ${field} has unusual characters.` };
  }
  const old = (one: Candidate): boolean =>
    scene.tokens
      .slice(Math.max(scene.from, one.first - 2), one.first)
      .some((token) => token.norm === 'from' || token.norm === 'not');
  const fresh = list.filter((one) => !old(one));
  if (fresh.length > 0) return choose(scene, fresh, field, 'first');
  if (form === 'phone') {
    const figure = scene.figures.find(
      (one) =>
        inWindow(scene, one.start) &&
        introducers.some((last) => last < one.start && one.start - last <= 3),
    );
    const raw = figure && scene.tokens[figure.start];
    if (raw && /^[\d ]{5,20}$/.test(raw.text))
      return { value: raw.text, span: { start: raw.start, end: raw.end } };
  }
  const broken = scene.tokens.slice(scene.from, scene.to).some((token) => token.text === '@');
  const words = introducers.some((last) => passage(scene, last + 1, 'words')?.value !== undefined);
  return broken || words ? { trouble: `The text after ${field} cannot be read as one.` } : {};
}
