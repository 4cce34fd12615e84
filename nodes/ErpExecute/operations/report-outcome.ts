import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Routed } from '../../shared/items';
import { shownFor, type Operation } from '../../shared/operation';
import {
  readGiven,
  readJson,
  readOptionalText,
  readRequestId,
  readText,
  requestIdProperty,
} from '../../shared/parameters';
import { problemFromThrown, type Problem } from '../../shared/problem';
import { commandRequest, readRequest, type RequestAnswer } from '../../shared/requests';
import { OUTPUT, told } from './outcome';

export const reportOutcome: Operation = {
  description: shownFor('reportOutcome', [
    {
      ...requestIdProperty,
      description:
        "ID of the request at the policy service. The node in between gave other items, so take it from where the permit was given: {{ $('Begin External Execution').item.json.id }}.",
    },
    {
      displayName: 'Permit',
      name: 'permit',
      type: 'string',
      typeOptions: { password: true },
      required: true,
      default: '',
      placeholder: "={{ $('Begin External Execution').item.json.permit.secret }}",
      description: 'The permit that Begin External Execution gave; it closes once',
    },
    {
      displayName: 'Outcome',
      name: 'outcome',
      type: 'options',
      options: [
        {
          name: 'Executed',
          value: 'executed',
          description: 'The write was made',
        },
        {
          name: 'Failed',
          value: 'failed',
          description: 'The system provably holds nothing of it',
        },
        {
          name: 'Unknown',
          value: 'unknown',
          description: 'There was an error or no answer: a person finds out',
        },
      ],
      default: 'unknown',
    },
    {
      displayName: 'Reference',
      name: 'erpReference',
      type: 'string',
      default: '',
      placeholder: 'PBNK1/2026/00001',
      description: 'Number under which the system holds the write',
    },
    {
      displayName: 'Result',
      name: 'result',
      type: 'json',
      default: '{}',
      description: 'What the system answered; it is kept in the audit log, so leave secrets out',
    },
    {
      displayName: 'Message',
      name: 'message',
      type: 'string',
      default: '',
      description: 'What went wrong, for the people who look into it',
    },
  ]),
  async execute(context, itemIndex) {
    try {
      return [await report(context, itemIndex)];
    } catch (thrown) {
      return [unreported(undefined, problemFromThrown(thrown))];
    }
  },
};

async function report(context: IExecuteFunctions, itemIndex: number): Promise<Routed> {
  const requestId = readRequestId(context, itemIndex);
  const answer = await commandRequest(context, requestId, 'outcome', {
    body: readReport(context, itemIndex),
    idempotencyKey: `outcome:${requestId}`,
  });
  if (answer.ok) return told(answer.value);
  const truth = await readRequest(context, requestId);
  return unreported(truth.ok ? truth.value : { id: requestId, state: 'unknown' }, answer.problem);
}

/** The write may have been made: what could not be reported needs a person, unless it provably failed. */
function unreported(truth: RequestAnswer | undefined, problem: Problem): Routed {
  const output = truth?.state === 'failed' ? OUTPUT.notExecuted : OUTPUT.needsAttention;
  return { output, json: { ...truth, problem } };
}

function readReport(context: IExecuteFunctions, itemIndex: number): IDataObject {
  const permit = readText(context, 'permit', 'Permit', itemIndex);
  const outcome = readOptionalText(context, 'outcome', 'Outcome', itemIndex) ?? 'unknown';
  const erpReference = readOptionalText(context, 'erpReference', 'Reference', itemIndex);
  const message = readOptionalText(context, 'message', 'Message', itemIndex);
  const result = readJson(readGiven(context, 'result', itemIndex), 'Result');
  return {
    permit,
    outcome,
    ...(erpReference ? { erpReference } : {}),
    ...(message ? { message } : {}),
    ...(result ? { result } : {}),
  };
}
