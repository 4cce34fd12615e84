import type { StoredEntry } from '../../audit/entry';
import { headingOf } from '../headings';
import { label, moment, relative, visible } from '../words';
import { json } from './basics';

const ACTORS = { token: 'token', person: 'person', service: 'the service', cli: 'command line' };

/** Repeats of a minute are one entry with their count. */
function times({ type, data }: StoredEntry['entry']): string {
  const repeats = type === 'request.command_refused' && data['since'] !== undefined;
  return repeats ? `again, ${String(data['count'])} times ` : '';
}

/** The audit log of one request, oldest first; the three moments stand out with what each came to. */
export function Timeline({ entries, now }: { entries: StoredEntry[]; now: Date }) {
  if (entries.length === 0) return <p class="muted">Nothing is recorded yet.</p>;
  return (
    <ol class="timeline">
      {entries.map(({ entry, leafHash }) => (
        <li class={entry.moment ?? 'plain'}>
          {entry.moment !== undefined && <p class="moment-name">{headingOf(entry)}</p>}
          <p>
            <span class="strong">{label(entry.type)}</span> {times(entry)}
            <span class="small muted">
              by {ACTORS[entry.actor.kind]}
              {entry.actor.kind !== 'service' && ` ${visible(entry.actor.id)}`}
            </span>
          </p>
          <p class="small muted">
            <time dateTime={visible(entry.at)}>{moment(entry.at)}</time>, {relative(entry.at, now)}
          </p>
          <details class="json">
            <summary>Entry {entry.sequence} of the log</summary>
            <pre tabIndex={0}>{json(entry.data)}</pre>
            <p class="small muted">
              Leaf hash <code class="hash">{visible(leafHash)}</code>
            </p>
          </details>
        </li>
      ))}
    </ol>
  );
}
