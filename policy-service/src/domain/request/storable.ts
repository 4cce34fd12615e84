import { MOST_MARKS, withoutTooManyMarks } from '../marks';
import type { Json } from './request';

/** Deeper than any record is, and far from what canonical JSON refuses. */
export const MAX_LEVELS = 64;

/** What was changed to make a value storable, a sentence each. */
export type Changes = Set<string>;

export interface Edits {
  /** Changes each text and each name of a member. */
  text?: (text: string) => string;
  /** Changes each finite number. */
  number?: (number: number) => Json;
  /** What stands for a value that is no plain JSON. */
  special?: (value: object, pointer: string) => Json | undefined;
}

/**
 * A copy that canonical JSON can hold, so that what an ERP said can always be stored: whole
 * characters, no heaps of marks, finite numbers, bounded nesting, no member named `__proto__`.
 * @param changes gets a sentence for each kind of change
 */
export function storable(value: unknown, changes: Changes = new Set(), edits: Edits = {}): Json {
  const text = (raw: string): string => {
    const whole = wellFormed(raw);
    if (whole !== raw) changes.add('Half of a surrogate pair was replaced.');
    const readable = withoutTooManyMarks(whole);
    if (readable !== whole) {
      changes.add(`Accents and other marks beyond ${MOST_MARKS} in a row were left out.`);
    }
    return edits.text?.(readable) ?? readable;
  };
  const copy = (one: unknown, pointer: string, level: number): Json => {
    if (typeof one === 'string') return text(one);
    if (typeof one === 'number') {
      return Number.isFinite(one) ? (edits.number?.(one + 0) ?? one + 0) : String(one);
    }
    if (typeof one === 'bigint') return String(one);
    if (typeof one === 'boolean') return one;
    if (typeof one !== 'object' || one === null) return null;
    const special = edits.special?.(one, pointer);
    if (special !== undefined) return special;
    if (level >= MAX_LEVELS) {
      changes.add(`What is nested deeper than ${MAX_LEVELS} levels was cut.`);
      return '[cut]';
    }
    if (Array.isArray(one)) {
      return one.map((item, index) => copy(item, `${pointer}/${index}`, level + 1));
    }
    const members = Object.entries(one).flatMap(([name, member]): [string, Json][] => {
      if (member === undefined) return [];
      if (name === '__proto__') {
        changes.add('A member named __proto__ was left out.');
        return [];
      }
      const escaped = name.replaceAll('~', '~0').replaceAll('/', '~1');
      return [[text(name), copy(member, `${pointer}/${escaped}`, level + 1)]];
    });
    return Object.fromEntries(members);
  };
  return copy(value, '', 0);
}

/** Half of a surrogate pair is no character: it becomes the sign for an unreadable one. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** The beginning of a text, never ending in the middle of a character. */
export function cutText(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}
