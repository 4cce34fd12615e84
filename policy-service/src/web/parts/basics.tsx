import type { ComponentChildren } from 'preact';
import type { Json, JsonObject } from '../../domain/request/request';
import type { Tone } from '../labels';
import { moment, relative, visible } from '../words';

/** A state: its word, and a colour that only repeats it. */
export function Pill({ text, tone }: { text: string; tone: Tone }) {
  return <span class={`pill ${tone}`}>{text}</span>;
}

/** An absolute moment in UTC with its distance from now. */
export function When({ at, now }: { at: string; now: Date }) {
  const distance = relative(at, now);
  return (
    <span class="when">
      <time dateTime={visible(at)}>{moment(at)}</time>
      {distance !== '' && <span class="muted"> ({distance})</span>}
    </span>
  );
}

/** One term and its value in a `<dl class="facts">`. */
export function Item({ term, children }: { term: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Longer values are cut on pages: indented, a few KB of nested lists can become many. */
const JSON_LENGTH = 20_000;

/** A JSON value over several lines; of a long one the beginning, and that it is only that. */
export function json(value: object): string {
  const text = JSON.stringify(value, null, 2);
  const more = text.length - JSON_LENGTH;
  return more <= 0
    ? visible(text)
    : `${visible(text.slice(0, JSON_LENGTH))}\n... and ${more} more characters, which this page does not show.`;
}

/** A JSON value that opens on request. */
export function JsonDetails({ title, value }: { title: string; value: JsonObject }) {
  return (
    <details class="json">
      <summary>{visible(title)}</summary>
      <pre tabIndex={0}>{json(value)}</pre>
    </details>
  );
}

/** A titled box of a page. */
export function Card(props: { title: string; id?: string; children: ComponentChildren }) {
  return (
    <section class="card" id={props.id}>
      <h2>{props.title}</h2>
      {props.children}
    </section>
  );
}

export function Empty({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      <p>{children}</p>
    </div>
  );
}

/** Links to the first and the next page of a list; nothing when there is only one. */
export function Paging(props: { first?: string; next?: string }) {
  if (props.first === undefined && props.next === undefined) return null;
  return (
    <nav class="paging" aria-label="Pages">
      {props.first !== undefined && <a href={props.first}>First page</a>}
      {props.next !== undefined && (
        <a href={props.next} rel="next">
          Next page
        </a>
      )}
    </nav>
  );
}

/** A JSON value in a line: texts as they are, everything else as JSON. */
export function valueText(value: Json): string {
  return visible(typeof value === 'string' ? value : JSON.stringify(value));
}

/**
 * The record's fields in one line, for example `status active · vendor id V-1001`.
 * @param props.bound its fields that an approval binds; absent where nobody is asked to approve
 */
export function RecordFields(props: { value: Record<string, Json>; bound?: JsonObject }) {
  const { value, bound } = props;
  return (
    <ul class="fields">
      {Object.entries(value).map(([name, field]) => (
        <li>
          <span class="muted">{visible(name)}</span> <span class="value">{valueText(field)}</span>
          {bound !== undefined && (
            <span class="small muted">
              {' '}
              {Object.hasOwn(bound, name) ? '(binds)' : '(may change)'}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
