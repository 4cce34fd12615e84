import { NodeConnectionTypes } from 'n8n-workflow';
import type {
  IExecuteFunctions,
  INodeExecutionData,
  INodeType,
  INodeTypeDescription,
} from 'n8n-workflow';
import { routeItems } from '../shared/items';
import { limits } from '../shared/limits';
import { validate } from './operations/validate';

export class Validate implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Execution Layer: Validate',
    name: 'validate',
    icon: { light: 'file:../../icons/validate.svg', dark: 'file:../../icons/validate.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: 'Schema and references',
    description:
      "Has the policy service check a request's arguments against the action's schema and its references against the ERP",
    defaults: { name: 'Validate' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
    outputNames: ['Invalid', 'Valid'],
    usableAsTool: true,
    credentials: [{ name: 'executionLayerApi', required: true }],
    hints: [
      {
        message:
          'Whatever goes wrong leaves on <b>Invalid</b>. The field <code>validation.errors</code> names each wrong argument; <code>problem</code> says why the service could not be asked, or why it refused.',
        location: 'outputPane',
        whenToDisplay: 'afterExecution',
        displayCondition: '={{ !!$json.problem }}',
        type: 'warning',
      },
    ],
    properties: [...validate.description],
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await routeItems(this, {
      outputs: 2,
      concurrency: limits.concurrency,
      handle: async (itemIndex) => await validate.execute(this, itemIndex),
    });
  }
}
