import { NodeConnectionTypes } from 'n8n-workflow';
import type {
  IExecuteFunctions,
  INodeExecutionData,
  INodeType,
  INodeTypeDescription,
} from 'n8n-workflow';
import { routeItems } from '../shared/items';
import { chosen } from '../shared/operation';
import { exportLog } from './operations/export';
import { getTimeline } from './operations/get-timeline';
import { recordEvent } from './operations/record-event';
import { search } from './operations/search';
import { verify } from './operations/verify';

const operations = { export: exportLog, getTimeline, recordEvent, search, verify };

export class AuditLog implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Execution Layer: Audit Log',
    name: 'auditLog',
    icon: { light: 'file:../../icons/audit-log.svg', dark: 'file:../../icons/audit-log.dark.svg' },
    group: ['output'],
    version: 1,
    subtitle:
      '={{ { recordEvent: "Record event", getTimeline: "Get timeline", search: "Search", verify: "Verify", export: "Export" }[$parameter["operation"]] }}',
    description: 'Writes to and reads the tamper-evident log of the policy service',
    defaults: { name: 'Audit Log' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    usableAsTool: true,
    credentials: [{ name: 'executionLayerApi', required: true }],
    hints: [
      {
        message:
          'Each step of a request is logged by the policy service itself. Record Event adds what only this workflow knows, such as that the requester was informed.',
        location: 'ndv',
        whenToDisplay: 'beforeExecution',
        displayCondition: '={{ $parameter["operation"] === "recordEvent" }}',
        type: 'info',
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
            name: 'Export',
            value: 'export',
            description: 'Get the whole log as a file that can be verified elsewhere',
            action: 'Export the log',
          },
          {
            name: 'Get Timeline',
            value: 'getTimeline',
            description: 'Get everything that happened to one request, oldest first',
            action: 'Get the timeline of a request',
          },
          {
            name: 'Record Event',
            value: 'recordEvent',
            description: "Add an event to a request's timeline; the item passes through",
            action: 'Record an event',
          },
          {
            name: 'Search',
            value: 'search',
            description: 'Find entries of the log',
            action: 'Search the log',
          },
          {
            name: 'Verify',
            value: 'verify',
            description: 'Recompute the log and tell whether anything was changed',
            action: 'Verify the log',
          },
        ],
        default: 'recordEvent',
      },
      ...recordEvent.description,
      ...getTimeline.description,
      ...search.description,
      ...exportLog.description,
    ],
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await routeItems(this, {
      outputs: 1,
      handle: async (itemIndex) =>
        await chosen(operations, this, itemIndex).execute(this, itemIndex),
    });
  }
}
