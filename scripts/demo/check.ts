import { erpRecords } from '../stack/mock-erp';
import type { Sample } from '../stack/samples';
import type { Stack } from '../stack/stack';
import type { SampleRun } from './run';

/** Kinds of documents in which a write of the samples would show. */
const DOCUMENT_KINDS = ['payments', 'movements', 'notifications', 'ticket_routings', 'journal'];

/** What is not as it should be with one sample's answer and end; empty when all is well. */
export function checkRun(run: SampleRun): string[] {
  const { sample, answer, request } = run;
  const problems: string[] = [];
  const first = `${answer.status} ${answer.body.state}`;
  const wanted = `${sample.answer.status} ${sample.answer.state}`;
  if (first !== wanted) problems.push(`the webhook answered ${first}, not ${wanted}`);
  const named = [
    ...(answer.body.reasons ?? []).map((reason) => reason.ruleId),
    ...(answer.body.errors ?? []).map((error) => error.pointer),
  ];
  if (sample.because && !named.includes(sample.because)) {
    problems.push(`the answer does not name ${sample.because} (it names ${named.join(', ')})`);
  }
  if (request?.state !== sample.finalState) {
    problems.push(`it ended ${request?.state ?? 'unknown'}, not ${sample.finalState}`);
  }
  return problems;
}

/** Compares the ERP's own documents with what the samples must have written, each exactly once. */
export async function checkErp(stack: Stack, samples: Sample[]): Promise<string[]> {
  const problems: string[] = [];
  for (const kind of DOCUMENT_KINDS) {
    const rest = await erpRecords(stack.erp.url, kind);
    for (const { erp, payload } of samples) {
      if (erp?.kind !== kind) continue;
      const found = rest.findIndex((record) => matches(record, erp.fields));
      if (found < 0) problems.push(`the ERP holds nothing in ${kind} for ${payload}`);
      else rest.splice(found, 1);
    }
    for (const record of rest) {
      problems.push(
        `the ERP holds something in ${kind} that nobody asked for: ${JSON.stringify(record)}`,
      );
    }
  }
  return problems;
}

function matches(record: Record<string, unknown>, fields: Record<string, unknown>): boolean {
  return Object.entries(fields).every(([name, value]) => record[name] === value);
}
