import { NodeConnectionTypes } from 'n8n-workflow';
import type {
  IExecuteFunctions,
  INodeExecutionData,
  INodeType,
  INodeTypeDescription,
} from 'n8n-workflow';
import { routeItems } from '../shared/items';
import { STOPPED_HINT } from '../shared/stopped';
import { decide } from './operations/decide';

export class GuardrailDecide implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Execution Layer: Guardrail Decide',
    name: 'guardrailDecide',
    icon: {
      light: 'file:../../icons/guardrail-decide.svg',
      dark: 'file:../../icons/guardrail-decide.dark.svg',
    },
    group: ['transform'],
    version: 1,
    subtitle: 'Policy decision',
    description: 'Has the policy service decide on a validated request, with its reasons',
    defaults: { name: 'Guardrail Decide' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main, NodeConnectionTypes.Main],
    outputNames: ['Block', 'Require Approval', 'Allow'],
    usableAsTool: true,
    credentials: [{ name: 'executionLayerApi', required: true }],
    hints: [
      {
        message:
          'This node shows the decision, the policy service enforces it: what it did not allow is refused at execution, however the canvas is wired. Whatever goes wrong leaves on <b>Block</b>; a recommendation leaves there too.',
        location: 'ndv',
        whenToDisplay: 'beforeExecution',
        type: 'info',
      },
      STOPPED_HINT,
    ],
    properties: [...decide.description],
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await routeItems(this, {
      outputs: 3,
      // One after the other: limits are used up in the order of the items.
      concurrency: 1,
      handle: async (itemIndex) => await decide.execute(this, itemIndex),
    });
  }
}
