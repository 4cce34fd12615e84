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
import { STOPPED_HINT } from '../shared/stopped';
import { beginExternal } from './operations/begin-external';
import { compensate } from './operations/compensate';
import { execute } from './operations/execute';
import { getStatus } from './operations/get-status';
import { reportOutcome } from './operations/report-outcome';
import { outputsExpression } from './outputs';

const operations = {
  beginExternal,
  compensate,
  execute,
  getStatus,
  reportOutcome,
};

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
    subtitle:
      '={{ { beginExternal: "Begin external execution", compensate: "Undo a request", execute: "Execute once", getStatus: "Get status", reportOutcome: "Report outcome" }[$parameter["operation"]] }}',
    description:
      'Has the policy service execute an allowed or approved request in the ERP, once however often it is asked',
    defaults: { name: 'ERP Execute' },
    inputs: [NodeConnectionTypes.Main],
    outputs: outputsExpression,
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
      STOPPED_HINT,
    ],
    properties: [
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        options: [
          {
            name: 'Begin External Execution',
            value: 'beginExternal',
            description:
              'Get a one-time permit under which another node makes the write; for actions whose executor is external',
            action: 'Begin an external execution',
          },
          {
            name: 'Compensate',
            value: 'compensate',
            description:
              'Ask for the undo of an executed request; the undo is decided and approved too',
            action: 'Undo an executed request',
          },
          {
            name: 'Execute',
            value: 'execute',
            description: 'Execute a request that is allowed or approved; repeats write nothing new',
            action: 'Execute a request',
          },
          {
            name: 'Get Status',
            value: 'getStatus',
            description:
              'Read where a request stands, or list what needs a person; changes nothing',
            action: 'Get the status of a request',
          },
          {
            name: 'Report Outcome',
            value: 'reportOutcome',
            description: 'Close a permit by what became of the write',
            action: 'Report the outcome of an external execution',
          },
        ],
        default: 'execute',
      },
      ...beginExternal.description,
      ...compensate.description,
      ...execute.description,
      ...getStatus.description,
      ...reportOutcome.description,
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
