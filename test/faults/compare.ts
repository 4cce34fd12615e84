import type { ExternalWrite, Violation } from './journal';

/** A document as the ERP itself holds it. */
export interface ErpDocument {
  number: string;
  reverses: string | null;
  external_reference: string | null;
  [field: string]: unknown;
}

export interface OurStep {
  name: string;
  status: string;
  erpReference?: string;
}

/** A request as the service tells it, as far as it is compared. */
export interface OurRequest {
  id: string;
  kind: 'action' | 'compensation';
  state: string;
  requestedBy: string;
  action: string;
  arguments: Record<string, unknown>;
  steps: OurStep[];
  undo: OurStep[];
  erpReference?: string;
  permit?: { expiresAt: string; report?: { outcome: string } };
  compensates?: string;
}

/** The catalogue's write of an external executor: its documents are not in the ERP. */
const EXTERNAL = 'portal.order';

/** States in which what was begun is told to be over, one way or the other. */
const COMPLETE = ['executed', 'compensated'];

/**
 * What the ERP holds against what we say, after everything has settled: no document twice, none
 * without a request that admits it, none missing that we claim.
 * @param now ISO 8601: permits that have not expired may still be reported
 */
export function compare(
  ours: OurRequest[],
  documents: ErpDocument[],
  externals: ExternalWrite[],
  now: string,
): Violation[] {
  const found: Violation[] = [];
  const report = (rule: string, requestId: string | undefined, message: string): void => {
    found.push({ rule, requestId, message });
  };
  const byId = new Map(ours.map((request) => [request.id, request]));
  const booked = groupBy(documents, ({ external_reference }) => external_reference ?? '');
  for (const [id, group] of booked) {
    const numbers = group.map(({ number }) => number).join(', ');
    if (!byId.has(id)) report('unknown-document', id, `${numbers} belong to no request of ours.`);
  }
  for (const [undone, group] of groupBy(documents, ({ reverses }) => reverses ?? '')) {
    const numbers = group.map(({ number }) => number).join(', ');
    if (undone !== '' && group.length > 1) {
      report('duplicate', undefined, `${undone} is undone more than once: ${numbers}.`);
    }
  }
  for (const request of ours) {
    const problem =
      request.action === EXTERNAL
        ? externalProblem(request, externals)
        : problemOf(request, booked.get(request.id) ?? [], byId);
    if (problem)
      report(problem.rule, request.id, `${request.action} ${request.state}: ${problem.message}`);
    if (request.state === 'executing' && !(request.permit && request.permit.expiresAt > now)) {
      report('left-executing', request.id, `${request.action} is still executing.`);
    }
  }
  for (const group of twinsOf(ours)) {
    const paid = group.flatMap(({ id }) => (booked.get(id) ?? []).map(({ number }) => number));
    if (paid.length > 1) {
      const ids = group.map(({ id }) => id).join(', ');
      report('twins', undefined, `Of the twins ${ids} more than one was paid: ${paid.join(', ')}.`);
    }
  }
  for (const [requester, group] of groupBy(ours.filter(isAction), (one) => one.requestedBy)) {
    if (group.length > 1) {
      const ids = group.map(({ id }) => id).join(', ');
      report('replay', undefined, `One proposal of ${requester} became several requests: ${ids}.`);
    }
  }
  return found;
}

/** Requests of which the bundle lets one be written. */
function twinsOf(ours: OurRequest[]): OurRequest[][] {
  const twins = ours.filter(({ action }) => action === 'pay.twin');
  return [...groupBy(twins, ({ arguments: values }) => JSON.stringify(values)).values()];
}

type Problem = { rule: string; message: string } | undefined;

function problemOf(
  request: OurRequest,
  documents: ErpDocument[],
  byId: Map<string, OurRequest>,
): Problem {
  const steps = [...request.steps, ...request.undo];
  const claimed = steps.flatMap((step) =>
    step.status === 'done' && step.erpReference !== undefined ? [step.erpReference] : [],
  );
  const numbers = documents.map(({ number }) => number);
  const missing = claimed.filter((number) => !numbers.includes(number));
  if (missing.length > 0) {
    return { rule: 'missing', message: `The ERP does not hold ${missing.join(', ')}.` };
  }
  // Only a step whose outcome is open may have written what we do not know of.
  const open = steps.filter(({ status }) => ['started', 'unknown'].includes(status)).length;
  const extra = numbers.filter((number) => !claimed.includes(number));
  if (extra.length > open) {
    const rule = claimed.length > 0 || extra.length > 1 ? 'duplicate' : 'unaccounted';
    return {
      rule,
      message: `The ERP holds ${numbers.join(', ')}; we claim ${claimed.join(', ') || 'none'}.`,
    };
  }
  if (COMPLETE.includes(request.state) && steps.some(({ status }) => !endedStep(request, status))) {
    const told = steps.map(({ name, status }) => `${name} ${status}`).join(', ');
    return { rule: 'state', message: `Its steps are not all done: ${told}.` };
  }
  if (request.state === 'failed' && numbers.length > 0) {
    return { rule: 'failed', message: `The ERP holds ${numbers.join(', ')}.` };
  }
  return contentProblem(request, documents, byId);
}

/** In what was undone in the same go, the step that failed brought the rest down. */
function endedStep({ undo }: OurRequest, status: string): boolean {
  return status === 'done' || (undo.length > 0 && (status === 'failed' || status === 'pending'));
}

/** Whether each document says what was asked for, or takes back what it should. */
function contentProblem(
  request: OurRequest,
  documents: ErpDocument[],
  byId: Map<string, OurRequest>,
): Problem {
  const original = request.compensates === undefined ? request : byId.get(request.compensates);
  const undoable = original?.steps.map(({ erpReference }) => erpReference) ?? [];
  for (const document of documents) {
    if (document.reverses !== null) {
      if (!undoable.includes(document.reverses)) {
        const message = `${document.number} takes back ${document.reverses}, which it should not.`;
        return { rule: 'content', message };
      }
      continue;
    }
    for (const field of ['sku', 'quantity', 'warehouse_id', 'vendor_id', 'amount', 'currency']) {
      const asked = request.arguments[field];
      if (field in document && asked !== undefined && document[field] !== asked) {
        const message = `${document.number} has the ${field} ${String(document[field])}, but ${String(asked)} was asked for.`;
        return { rule: 'content', message };
      }
    }
  }
  return undefined;
}

/** Only the permit's holder knows what was written; here that is us. */
function externalProblem(request: OurRequest, externals: ExternalWrite[]): Problem {
  const written = externals.filter(({ requestId }) => requestId === request.id);
  if (written.length > 1) {
    return { rule: 'duplicate', message: 'Two permits were given for one request.' };
  }
  const [one] = written;
  if (request.state === 'executed' && one?.number !== request.erpReference) {
    const message = `We say ${request.erpReference}, its holder wrote ${one?.number ?? 'nothing'}.`;
    return { rule: 'missing', message };
  }
  if (one && !request.permit) {
    return {
      rule: 'unaccounted',
      message: `${one.number} was written under a permit we do not hold.`,
    };
  }
  if (one && request.state === 'failed') {
    return { rule: 'failed', message: `${one.number} was written.` };
  }
  return undefined;
}

function isAction({ kind }: OurRequest): boolean {
  return kind === 'action';
}

function groupBy<T>(items: T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
