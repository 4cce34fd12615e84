import { REASON_LENGTH } from '../../application/change/checked-reason';
import type { Control } from '../../domain/stops/stop';
import type { StopChoices, Viewer } from '../deps';
import { visible } from '../words';

/** What a person typed into the form; `target` is an option's value, see {@link StopForm}. */
export interface StopDraft {
  target: string;
  requester: string;
  reason: string;
}

function Choices(props: {
  label: string;
  kind: string;
  items: [id: string, text: string][];
  chosen?: string;
}) {
  if (props.items.length === 0) return null;
  return (
    <optgroup label={props.label}>
      {props.items.map(([id, text]) => {
        const value = `${props.kind}:${id}`;
        return (
          <option value={value} selected={props.chosen === value}>
            {visible(text)}
          </option>
        );
      })}
    </optgroup>
  );
}

/** One list of everything that can be stopped: `all`, `requester`, or `<kind>:<id>`. */
export function StopForm(props: { viewer: Viewer; choices: StopChoices; draft?: StopDraft }) {
  const { choices, draft } = props;
  return (
    <form method="post" action="/controls" class="form stop-form">
      <input type="hidden" name="csrf" value={props.viewer.csrfToken} />
      <label>
        What
        <select name="target" required>
          <option value="">Choose what to stop</option>
          <option value="all" selected={draft?.target === 'all'}>
            Everything
          </option>
          <option value="requester" selected={draft?.target === 'requester'}>
            What one person asks for
          </option>
          <Choices
            label="One action"
            kind="action"
            items={choices.actions.map(({ id, title }) => [id, `${title} (${id})`])}
            chosen={draft?.target}
          />
          <Choices
            label="One connector"
            kind="connector"
            items={choices.connectors.map((id) => [id, id])}
            chosen={draft?.target}
          />
          <Choices
            label="One service token"
            kind="token"
            items={choices.tokens.map(({ id, name }) => [id, `${name} (${id})`])}
            chosen={draft?.target}
          />
        </select>
      </label>
      <label class="requester">
        Requester
        <input
          type="text"
          name="requester"
          value={draft?.requester}
          maxLength={200}
          placeholder="ana@example.com"
          autocomplete="off"
        />
        <span class="muted small">Aliases of that person are stopped too.</span>
      </label>
      <label>
        Reason
        <textarea name="reason" rows={3} maxLength={REASON_LENGTH} required>
          {draft?.reason}
        </textarea>
        <span class="muted small">
          Shown on every page to people who sign in, and in the answers to what it holds back.
        </span>
      </label>
      <label class="check">
        <input type="checkbox" name="confirm" value="yes" required />
        <span>Stop it now. Approved requests are held back too.</span>
      </label>
      <button class="danger" type="submit">
        Stop execution
      </button>
    </form>
  );
}

/** Lifting asks for a reason, so it opens first. */
export function LiftForm({ viewer, control }: { viewer: Viewer; control: Control }) {
  return (
    <details class="lift">
      <summary>Lift this stop</summary>
      <form method="post" action={`/controls/${encodeURIComponent(control.id)}/lift`} class="form">
        <input type="hidden" name="csrf" value={viewer.csrfToken} />
        <label>
          Why execution may go on
          <textarea name="reason" rows={2} maxLength={REASON_LENGTH} required />
        </label>
        <button class="primary" type="submit">
          Lift the stop
        </button>
      </form>
    </details>
  );
}
