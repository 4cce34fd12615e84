import type { EvidenceSpan } from '../../domain/request/request';
import { misquoted, segments } from '../evidence';
import { spaced, visible } from '../words';

/** The words of the request, with the places marked that each argument was read from. */
export function RequestText(props: {
  text: string | undefined;
  evidence: Record<string, EvidenceSpan>;
}) {
  if (props.text === undefined) {
    return <p class="muted">The request came as data, without a text.</p>;
  }
  const wrong = misquoted(props.text, props.evidence);
  return (
    <>
      <blockquote class="request-text">
        {segments(props.text, props.evidence).map((segment) =>
          segment.arguments.length === 0 ? (
            visible(segment.text)
          ) : (
            <mark>
              {visible(segment.text)}
              <span class="tag"> {segment.arguments.map(spaced).join(', ')}</span>
            </mark>
          ),
        )}
      </blockquote>
      {wrong.length > 0 && (
        <p class="warning">
          The text does not contain what was quoted for {wrong.map(spaced).join(', ')}: check{' '}
          {wrong.length === 1 ? 'it' : 'them'} yourself.
        </p>
      )}
    </>
  );
}
