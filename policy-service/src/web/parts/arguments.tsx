import type { FactRecord } from '../../domain/request/facts';
import type { EvidenceSpan, JsonObject } from '../../domain/request/request';
import { argumentViews } from '../argument-words';
import { visible } from '../words';

/** Every canonical argument: value, record name, and the words that it was read from. */
export function Arguments(props: {
  args: JsonObject;
  facts: Record<string, FactRecord>;
  evidence: Record<string, EvidenceSpan>;
}) {
  const views = argumentViews(props.args, props.facts);
  if (views.length === 0) return <p class="muted">No arguments.</p>;
  return (
    <dl class="arguments">
      {Object.keys(props.args).map((name, index) => {
        const view = views[index];
        const span = Object.hasOwn(props.evidence, name) ? props.evidence[name] : undefined;
        return (
          <div>
            <dt>
              {view?.label}
              <code class="small muted">{view?.name}</code>
            </dt>
            <dd>
              <span class="value strong">{view?.value}</span>
              {view?.recordName !== undefined && <span> {view.recordName}</span>}
              <span class="small muted source">
                {span === undefined
                  ? 'not quoted from the text'
                  : `read from “${visible(span.text)}”`}
              </span>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
