import type {
  IBinaryKeyData,
  IDataObject,
  IExecuteFunctions,
  INodeExecutionData,
} from 'n8n-workflow';
import { mapInOrder } from './map-in-order';
import { mayPass, problemFromThrown, ProblemError, toNodeError, type Problem } from './problem';

/** One item that leaves a node, and the output it leaves on. */
export interface Routed {
  output: number;
  json: IDataObject;
  binary?: IBinaryKeyData;
}

/** Output 0 of every node: n8n sends its own accidents there, so it never permits anything. */
export const RESTRICTIVE = 0;

export interface ItemRun {
  /** How many outputs the node has. */
  outputs: number;
  /** Items worked on at once; 1 keeps the calls in item order. */
  concurrency?: number;
  handle(itemIndex: number): Promise<Routed[]>;
  /** What leaves on output 0 for an item that could not be handled. */
  onProblem?(problem: Problem, itemIndex: number): IDataObject;
}

/** True for the tool variants that n8n makes of a node: an agent only sees output 0. */
export function isTool(context: IExecuteFunctions): boolean {
  return context.getNode().type.endsWith('Tool');
}

/**
 * The item loop of every node. Whatever goes wrong with an item leaves on output 0 with a
 * `problem` and never under the name `error`, which n8n would read as a failure of the whole node.
 */
export async function routeItems(
  context: IExecuteFunctions,
  run: ItemRun,
): Promise<INodeExecutionData[][]> {
  const routed = await mapInOrder(
    context.getInputData(),
    run.concurrency ?? 1,
    async (_item, itemIndex): Promise<Routed[]> => {
      try {
        return await run.handle(itemIndex);
      } catch (thrown) {
        const problem = problemFromThrown(thrown);
        const json = run.onProblem?.(problem, itemIndex) ?? { problem };
        return [{ output: RESTRICTIVE, json: { ...existing(problem), ...json } }];
      }
    },
  );
  const asTool = isTool(context);
  const outputs: INodeExecutionData[][] = Array.from({ length: run.outputs }, () => []);
  routed.forEach((results, item) => {
    for (const { output, json, binary } of results) {
      outputs[asTool ? RESTRICTIVE : output]?.push({
        json,
        ...(binary ? { binary } : {}),
        pairedItem: { item },
      });
    }
  });
  return outputs;
}

/**
 * The loop for the node that a workflow starts with: without a request there is nothing to route,
 * so a failed item stops the workflow, unless the node is set to continue on errors. An agent gets
 * the whole problem instead: of what is thrown, it would read the title alone.
 * @throws NodeApiError naming the item
 */
export async function routeOrStop(
  context: IExecuteFunctions,
  handle: (itemIndex: number) => Promise<IDataObject>,
): Promise<INodeExecutionData[][]> {
  const items: INodeExecutionData[] = [];
  for (let item = 0; item < context.getInputData().length; item++) {
    try {
      items.push({ json: await handle(item), pairedItem: { item } });
    } catch (thrown) {
      const problem = problemFromThrown(thrown);
      if (!isTool(context) && !context.continueOnFail()) {
        throw toNodeError(context.getNode(), problem, item);
      }
      items.push({
        json: { ...existing(problem), problem, ...triedAgain(context, problem) },
        pairedItem: { item },
      });
    }
  }
  return [items];
}

/** Where Get Status looks for the request, when one exists although the call was refused. */
function existing({ requestId }: Problem): { id?: string } {
  return requestId === undefined ? {} : { id: requestId };
}

/**
 * Under the name `error`, n8n would replace a problem by a bare message, and Retry On Fail would
 * run again. The latter is wanted of a tool that is set to it, for what may pass.
 */
function triedAgain(context: IExecuteFunctions, problem: Problem): { error?: string } {
  const wanted = isTool(context) && context.getNode().retryOnFail === true && mayPass(problem);
  return wanted ? { error: problem.title } : {};
}

/** @throws ProblemError with the problem of a failed call */
export function valueOf<T>(result: { ok: true; value: T } | { ok: false; problem: Problem }): T {
  if (!result.ok) throw new ProblemError(result.problem);
  return result.value;
}
