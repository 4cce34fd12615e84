import { NodeConnectionTypes } from 'n8n-workflow';
import type {
  IExecuteFunctions,
  INodeExecutionData,
  INodeType,
  INodeTypeDescription,
} from 'n8n-workflow';
import { routeItems } from '../shared/items';
import { limits } from '../shared/limits';
import { chosen } from '../shared/operation';
import { execute } from './operations/execute';
import { getStatus } from './operations/get-status';

const operations = { execute, getStatus };

export class ErpExecute implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Execution Layer: ERP Execute',
    name: 'erpExecute',
    icon: {
      light: 'file:../../icons/erp-execute.svg',
      dark: 'file:../../icons/erp-execute.dark.svg',
    },
    group: ['output'],
    version: 1,
    subtitle: '={{ $parameter["operation"] === "getStatus" ? "Get status" : "Execute once" }}',
    description:
      'Has the policy service execute an allowed or approved request in the ERP, exactly once',
    defaults: { name: 'ERP Execute' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main, NodeConnectionTypes.Main],
    outputNames: ['Not Executed', 'Needs Attention', 'Executed'],
    usableAsTool: true,
    credentials: [{ name: 'executionLayerApi', required: true }],
    hints: [
      {
        message:
          '<b>Needs Attention</b> means that it is not known whether the ERP was written. Do not send the request again under another id: the policy service finds out, or a person does.',
        location: 'outputPane',
        whenToDisplay: 'afterExecution',
        displayCondition: '={{ ["outcome_unknown", "executing"].includes($json.state) }}',
        type: 'warning',
      },
    ],
    properties: [
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        options: [
          {
            name: 'Execute',
            value: 'execute',
            description: 'Execute a request that is allowed or approved; repeats write nothing new',
            action: 'Execute a request',
          },
          {
            name: 'Get Status',
            value: 'getStatus',
            description: 'Read where a request stands, without changing anything',
            action: 'Get the status of a request',
          },
        ],
        default: 'execute',
      },
      ...execute.description,
      ...getStatus.description,
    ],
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await routeItems(this, {
      outputs: 3,
      concurrency: limits.concurrency,
      handle: async (itemIndex) =>
        await chosen(operations, this, itemIndex).execute(this, itemIndex),
    });
  }
}
