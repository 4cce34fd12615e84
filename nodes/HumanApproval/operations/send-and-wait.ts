import { WAIT_INDEFINITELY, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import { isTool, valueOf } from '../../shared/items';
import {
  invalidParameter,
  readNumber,
  readRequestId,
  requestIdProperty,
} from '../../shared/parameters';
import { localProblem, ProblemError, problemFromThrown } from '../../shared/problem';
import { commandRequest, readRequest, type RequestAnswer } from '../../shared/requests';
import { shownFor } from '../../shared/operation';
import { isPending, withVerdict } from './verdict';

/** After the approval's own deadline, time for the service's call to arrive. */
const MARGIN_MS = 5 * 60_000;

export const description = shownFor('sendAndWait', [
  requestIdProperty,
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add option',
    default: {},
    options: [
      {
        displayName: 'Limit Wait (Minutes)',
        name: 'limitWait',
        type: 'number',
        typeOptions: { minValue: 1 },
        default: 60,
        description:
          "Go on after this many minutes even if nobody has voted; the request stays open at the policy service. Without it, the wait ends a few minutes after the approval's own deadline.",
      },
    ],
  },
]);

/** What came of one item: its answer, and until when to wait for the verdict, if at all. */
export interface Sent {
  json: IDataObject & { approved: boolean };
  waitUntil?: Date;
}

/**
 * Registers this execution to be called when the approval ends. It does not wait for a request
 * that is decided already, nor as an agent's plain tool, where n8n cannot pause.
 */
export async function send(context: IExecuteFunctions, itemIndex: number): Promise<Sent> {
  const requestId = readRequestId(context, itemIndex);
  try {
    return await sendFor(context, requestId, itemIndex);
  } catch (thrown) {
    return { json: { id: requestId, approved: false, problem: problemFromThrown(thrown) } };
  }
}

async function sendFor(
  context: IExecuteFunctions,
  requestId: string,
  itemIndex: number,
): Promise<Sent> {
  const before = valueOf(await readRequest(context, requestId));
  if (!isPending(before) || (isTool(context) && !isHumanReview(context))) {
    return { json: withVerdict(before) };
  }
  if (context.getInputData().length > 1) throw oneAtATime();
  const answer = await register(context, requestId);
  const json = withVerdict(answer);
  return isPending(answer) ? { json, waitUntil: endOfWait(context, itemIndex, answer) } : { json };
}

/** The verdict may fall between reading and registering: then there is nothing to wait for. */
async function register(context: IExecuteFunctions, requestId: string): Promise<RequestAnswer> {
  const resumeUrl = context.getSignedResumeUrl();
  const result = await commandRequest(context, requestId, 'callbacks', { body: { resumeUrl } });
  if (result.ok) return result.value;
  const now = await readRequest(context, requestId);
  if (now.ok && !isPending(now.value)) return now.value;
  throw new ProblemError(result.problem);
}

function isHumanReview(context: IExecuteFunctions): boolean {
  return context.getNode().type.endsWith('HitlTool');
}

function endOfWait(context: IExecuteFunctions, itemIndex: number, answer: RequestAnswer): Date {
  const minutes = readNumber(context, 'options.limitWait', 'Limit Wait (Minutes)', itemIndex);
  if (minutes !== undefined) {
    if (!(minutes > 0)) throw invalidParameter('Limit Wait (Minutes)', 'Give a number above 0.');
    return new Date(Date.now() + minutes * 60_000);
  }
  const expiresAt = Date.parse(answer.approval?.expiresAt ?? '');
  return Number.isNaN(expiresAt) ? WAIT_INDEFINITELY : new Date(expiresAt + MARGIN_MS);
}

function oneAtATime(): ProblemError {
  return new ProblemError(
    localProblem(
      'one_request_per_execution',
      'Several requests cannot wait in one execution',
      'n8n waits once for the whole execution. Put Loop Over Items with batch size 1 around this node, or start one execution for each request.',
    ),
  );
}
