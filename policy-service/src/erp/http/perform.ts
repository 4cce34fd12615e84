import type { CallContext, PerformInput, PerformResult } from '../../application/ports';
import type { Attempt } from '../../domain/request/execution';
import { classify, type Verdict } from './classify';
import type { OperationDefinition } from './definition';
import type { ConnectorParts } from './parts';
import { recordAttempt } from './record-attempt';
import { callWithRetry } from './retry';
import { render, send, type RenderedCall } from './send';
import { TemplateError } from './template';
import { valuesOf } from './values';

/**
 * Performs an operation and says what is proved about it. Calls are repeated only where a repeat
 * cannot write twice: reads, and writes whose ERP honours the idempotency key.
 */
export async function performOperation(
  parts: ConnectorParts,
  operation: OperationDefinition,
  input: PerformInput,
  context: CallContext,
): Promise<PerformResult> {
  let rendered: RenderedCall;
  try {
    rendered = withKey(render(operation.method, operation, valuesOf(input)), operation, input);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { outcome: 'refused', message: `${error.message} Nothing was sent.`, attempts: [] };
  }
  const attempts: Attempt[] = [];
  const repeatable = operation.method === 'GET' || operation.idempotencyKeyHeader !== undefined;
  let renewals = 0;
  const { verdict } = await callWithRetry(
    repeatable ? parts.definition.retry : { ...parts.definition.retry, attempts: 1 },
    async (timeLeftMs) => {
      const made = await callOnce(parts, operation, input, context, rendered, timeLeftMs);
      const attempt = recordAttempt({ ...made, number: attempts.length + 1 }, parts.redactor);
      attempts.push(attempt);
      if (attempt.outcome !== 'done') {
        const { step, number, outcome, message } = attempt;
        parts.log.warn(
          {
            connector: parts.definition.id,
            requestId: input.requestId,
            step,
            number,
            outcome,
            message,
          },
          'call to the ERP did not succeed',
        );
      }
      if (made.renewed) renewals += 1;
      const again =
        attempt.outcome === 'transient' ||
        attempt.outcome === 'unknown' ||
        // A token that ended early: one new one is tried, then it is our own error.
        (made.renewed && renewals === 1);
      return {
        again,
        verdict: made.verdict,
        retryAfterMs: 'retryAfterMs' in made.verdict ? made.verdict.retryAfterMs : undefined,
      };
    },
    context.signal,
  );
  return conclude(verdict, attempts);
}

function withKey(
  call: RenderedCall,
  { idempotencyKeyHeader: header }: OperationDefinition,
  { idempotencyKey }: PerformInput,
): RenderedCall {
  if (header === undefined) return call;
  return { ...call, headers: { ...call.headers, [header.toLowerCase()]: idempotencyKey } };
}

async function callOnce(
  parts: ConnectorParts,
  operation: OperationDefinition,
  input: PerformInput,
  context: CallContext,
  rendered: RenderedCall,
  timeLeftMs: number,
) {
  const startedAt = parts.clock.now();
  const started = performance.now();
  const sent = await send(parts, rendered, context.traceId, {
    timeoutMs: Math.min(operation.timeoutMs, timeLeftMs),
    signal: context.signal,
    // An idle connection may be cut under a new call, which would make a write without a key unknown.
    reuseConnection: operation.method === 'GET' || operation.idempotencyKeyHeader !== undefined,
  });
  const verdict = classify(sent.exchange, operation, parts.redactor.secrets);
  return {
    ...sent,
    step: input.step,
    startedAt,
    durationMs: Math.round(performance.now() - started),
    address: (target: string) => parts.transport.address(target),
    verdict:
      'message' in verdict
        ? { ...verdict, message: parts.redactor.text(verdict.message) }
        : verdict,
  };
}

/**
 * A success settles everything, because the key makes all calls one write. Short of that, one call
 * of unknown outcome keeps the whole unknown: it may still be under way inside the ERP.
 */
function conclude(verdict: Verdict, attempts: Attempt[]): PerformResult {
  if (verdict.outcome === 'done') {
    return { ...verdict, attempts };
  }
  const unknown = attempts.findLast((attempt) => attempt.outcome === 'unknown');
  if (unknown) {
    const after = verdict.outcome === 'unknown' ? '' : ` A later call ended so: ${verdict.message}`;
    const message = `It is not known whether the ERP wrote this. ${unknown.message ?? ''}${after}`;
    return { outcome: 'unknown', message, attempts };
  }
  const calls = attempts.length === 1 ? 'one call' : `${attempts.length} calls`;
  const message =
    verdict.outcome === 'transient'
      ? `Nothing was written: the ERP did not take it up in ${calls}. ${verdict.message}`
      : verdict.message;
  return { outcome: 'refused', message, attempts };
}
