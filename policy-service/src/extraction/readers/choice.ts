import type { ChoiceWords } from '../vocabulary';
import { type Candidate, type Reading, type Scene, choose, inWindow, phrases } from './scene';

const FILLER = /^(?:the|a|an|our|their|its|team|queue|high|very|new|in|to|["'\u201c\u2018])$/;
const AWAY = /^(?:from|off|not|never|isn't|wasn't|hardly|than)$/;
const GROUP = /^(?:queue|team|department|dept|desk|group|crew)$/;

/** One value of an enum by its words; a word outside the list or two rivals leave it open. */
export function readChoice(words: ChoiceWords, scene: Scene): Reading {
  const label = words.name.replace(/_/g, ' ');
  const matches = scene.roles.filter(
    (one) =>
      one.payload.argument === words.name &&
      one.payload.list === 'values' &&
      inWindow(scene, one.first) &&
      !scene.soft.has(one.first),
  );
  const widest = matches.filter(
    (one) =>
      !matches.some(
        (other) =>
          other !== one &&
          other.first <= one.first &&
          other.last >= one.last &&
          other.last - other.first > one.last - one.first,
      ),
  );
  const candidates: Candidate[] = widest
    .filter((one) => !isAway(scene, one.first))
    .map((one) => ({ value: one.payload.value ?? '', first: one.first, last: one.last }));
  const led = candidates.filter(
    (one) =>
      words.leads.length > 0 &&
      (hasLead(words, scene, one.first) || scene.tokens[one.first - 1]?.norm === 'or'),
  );
  const list = led.length > 0 ? led : candidates;
  const others = phrases(scene, words.name, 'outside').filter(
    (one) => !candidates.some((c) => one.first >= c.first && one.last <= c.last),
  );
  if (others.length > 0 && (list.length === 0 || words.leads.length === 0))
    return { trouble: `The text asks for a ${label} that the list of values does not have.` };
  if (list.length === 0 && leadsElsewhere(words, scene))
    return { trouble: `The ${label} that the text names is not in the list of values.` };
  return choose(scene, list, label, words.several);
}

function isAway(scene: Scene, index: number): boolean {
  for (let at = index - 1; at >= Math.max(scene.from, index - 3); at -= 1) {
    const norm = scene.tokens[at]?.norm ?? '';
    if (AWAY.test(norm)) return true;
    if (!/^(?:the|a|an|our|really|so|very|of|super|that|longer)$/.test(norm)) return false;
  }
  return false;
}

function hasLead(words: ChoiceWords, scene: Scene, index: number): boolean {
  const leads = new Set(phrases(scene, words.name, 'leads').map((match) => match.last));
  for (let at = index - 1; at >= Math.max(scene.from, index - 4); at -= 1) {
    if (leads.has(at)) return true;
    if (!FILLER.test(scene.tokens[at]?.norm ?? '')) return false;
  }
  return false;
}

/** `to the legal team`: a place of the kind that is asked for, but not one of ours. */
function leadsElsewhere(words: ChoiceWords, scene: Scene): boolean {
  return phrases(scene, words.name, 'leads').some((match) => {
    const next = scene.tokens.slice(match.last + 1, match.last + 5);
    const group = next.findIndex((token) => GROUP.test(token.norm));
    return (
      group > 0 &&
      next.slice(0, group).every((token) => token.kind === 'word') &&
      !/^(?:right|correct|proper|appropriate|the|a|best)$/.test(next[group - 1]?.norm ?? '')
    );
  });
}
