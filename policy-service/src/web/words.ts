/** Characters that change what a reader sees without being seen: controls, bidi marks, joiners, variation selectors. */
const UNSEEN = /\r\n|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Makes unseen characters visible as `⟨U+202E⟩`, so that no text can hide or reorder what an
 * approver confirms. Line breaks and tabs stay.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, (found) => {
    if (found === '\n' || found === '\r\n' || found === '\t') return found.replace('\r', '');
    const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return `⟨U+${code.padStart(4, '0')}⟩`;
  });
}

/** `finance_approver` -> `finance approver`; `request.decided` -> `request decided`. */
export function spaced(name: string): string {
  return visible(name).replace(/[._-]+/g, ' ');
}

/** `vendor_id` -> `Vendor id`. */
export function label(name: string): string {
  const words = spaced(name);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Groups the digits of a decimal string without going through a float: `12500.00` -> `12,500.00`. */
export function grouped(decimal: string): string {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(decimal);
  if (match === null) return visible(decimal);
  const [, sign = '', whole = '', fraction = ''] = match;
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${fraction}`;
}

/** 0.97 -> `97 %`. Rounded down: a confidence is never shown higher than it is. */
export function percent(share: number): string {
  return `${Math.floor(share * 100 + 1e-9)} %`;
}

/** A length of time in its two largest units, for example `2 h 14 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} days` : `${days} days ${hours % 24} h`;
}

const MOMENT = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'medium',
  timeZone: 'UTC',
});

/** `21 Nov 2026, 02:19:42 UTC`; anything that is not a moment is shown as it is. */
export function moment(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? visible(iso) : `${MOMENT.format(time)} UTC`;
}

/** `3 min ago`, `in 2 h`; empty for anything that is not a moment. */
export function relative(iso: string, now: Date): string {
  const distance = Date.parse(iso) - now.getTime();
  if (Number.isNaN(distance)) return '';
  return distance > 0 ? `in ${duration(distance)}` : `${duration(-distance)} ago`;
}

/** First words of a text, for lists. */
export function excerpt(text: string, length = 140): string {
  const flat = visible(text).replace(/\s+/g, ' ').trim();
  return flat.length <= length ? flat : `${flat.slice(0, length - 1).trimEnd()}…`;
}

/** `a, b` as a list; empty entries are dropped. */
export function commaList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}
