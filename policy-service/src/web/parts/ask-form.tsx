import type { Action } from '../../domain/catalogue/action';
import type { LimitRule } from '../../domain/decision/rule';
import type { JsonObject } from '../../domain/request/request';
import { FIELD, type Typed } from '../what-if-question';
import { label, visible } from '../words';

interface AskFormProps {
  action: Action;
  limits: LimitRule[];
  /** Version of the chosen policy. */
  version: string;
  typed: Typed;
  asker: string;
}

function Choice(props: { name: string; values: string[]; value?: string; empty: string }) {
  return (
    <select name={props.name}>
      <option value="">{props.empty}</option>
      {props.values.map((value) => (
        <option value={value} selected={props.value === value}>
          {visible(value)}
        </option>
      ))}
    </select>
  );
}

function ArgumentField({ action, name, typed }: { action: Action; name: string; typed: Typed }) {
  const schema = ((action.schema['properties'] ?? {}) as Record<string, JsonObject>)[name] ?? {};
  const required = ((action.schema['required'] ?? []) as string[]).includes(name);
  const field = FIELD.argument(name);
  const values = schema['type'] === 'boolean' ? ['true', 'false'] : (schema['enum'] as string[]);
  return (
    <label>
      {visible(String(schema['title'] ?? label(name)))}{' '}
      {!required && <span class="muted">(optional)</span>}
      {values ? (
        <Choice name={field} values={values} value={typed[field]} empty="" />
      ) : (
        <input type="text" name={field} value={typed[field]} maxLength={500} />
      )}
      {typeof schema['description'] === 'string' && (
        <span class="muted small">{visible(schema['description'])}</span>
      )}
    </label>
  );
}

function RecordFields({ entity, typed }: { entity: Action['entities'][number]; typed: Typed }) {
  const origin = FIELD.record(entity.name);
  return (
    <fieldset class="record">
      <legend>{label(entity.name)}</legend>
      <select name={origin} aria-label={`Where ${entity.name} comes from`}>
        <option value="">As the system has it now</option>
        <option value="given" selected={typed[origin] === 'given'}>
          As I write it here
        </option>
        <option value="none" selected={typed[origin] === 'none'}>
          There is no such record
        </option>
      </select>
      <div class="given">
        {Object.entries(entity.fields).map(([field, type]) => {
          const name = FIELD.fact(entity.name, field);
          return (
            <label>
              {label(field)}
              {type === 'boolean' ? (
                <Choice name={name} values={['true', 'false']} value={typed[name]} empty="" />
              ) : (
                <input type="text" name={name} value={typed[name]} maxLength={200} />
              )}
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

/** Whether more than what the form itself fills in was said on who asks, and when. */
function asksOtherwise(typed: Typed, asker: string): boolean {
  return (
    ['roles', 'source', 'at'].some((name) => typed[name]) ||
    (typed['confidence'] ?? '1') !== '1' ||
    (typed['requestedBy'] ?? asker) !== asker
  );
}

/** One hypothetical request: its arguments, who asks, and what is assumed around it. */
export function AskForm({ action, limits, version, typed, asker }: AskFormProps) {
  const names = Object.keys((action.schema['properties'] ?? {}) as object);
  return (
    <form method="get" action="/policies/what-if" class="form ask">
      <input type="hidden" name="policy" value={version} />
      <input type="hidden" name="action" value={action.id} />
      <div class="fields">
        {names.map((name) => (
          <ArgumentField action={action} name={name} typed={typed} />
        ))}
      </div>
      <details open={asksOtherwise(typed, asker)}>
        <summary>Who asks, and when</summary>
        <div class="fields">
          <label>
            Requested by
            <input
              type="text"
              name="requestedBy"
              value={typed['requestedBy'] ?? asker}
              maxLength={200}
            />
          </label>
          <label>
            Roles <span class="muted">(optional)</span>
            <input type="text" name="roles" value={typed['roles']} maxLength={200} />
            <span class="muted small">
              Separated by commas; with roles the person counts as verified
            </span>
          </label>
          <label>
            Source
            <input
              type="text"
              name="source"
              value={typed['source']}
              placeholder="tool"
              maxLength={80}
            />
          </label>
          <label>
            Confidence
            <input
              type="text"
              name="confidence"
              value={typed['confidence'] ?? '1'}
              inputMode="decimal"
            />
            <span class="muted small">0 to 1: how sure the proposer is</span>
          </label>
          <label>
            Moment <span class="muted">(UTC)</span>
            <input type="datetime-local" name="at" value={typed['at']} />
            <span class="muted small">Now, when empty</span>
          </label>
        </div>
      </details>
      {action.entities.length > 0 && (
        <details open={action.entities.some(({ name }) => typed[FIELD.record(name)])}>
          <summary>Records of the system</summary>
          <div class="fields">
            {action.entities.map((entity) => (
              <RecordFields entity={entity} typed={typed} />
            ))}
          </div>
        </details>
      )}
      {limits.length > 0 && (
        <details open={limits.some(({ id }) => typed[FIELD.used(id)])}>
          <summary>Use of limits</summary>
          <div class="fields">
            {limits.map(({ id }) => (
              <label>
                {label(id)}
                <input
                  type="text"
                  name={FIELD.used(id)}
                  value={typed[FIELD.used(id)]}
                  placeholder="as it stands now"
                  inputMode="decimal"
                />
              </label>
            ))}
          </div>
        </details>
      )}
      <button type="submit" class="primary" name="ask" value="1">
        Ask the rules
      </button>
    </form>
  );
}
