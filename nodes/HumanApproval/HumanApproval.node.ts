import { NodeConnectionTypes, SEND_AND_WAIT_OPERATION } from 'n8n-workflow';
import type {
  IExecuteFunctions,
  INodeExecutionData,
  INodeType,
  INodeTypeDescription,
  IWebhookDescription,
  IWebhookFunctions,
  IWebhookResponseData,
} from 'n8n-workflow';
import { isTool, routeItems } from '../shared/items';
import { isOutage, toNodeError, type Problem } from '../shared/problem';
import { STOPPED_HINT } from '../shared/stopped';
import { resume } from './operations/resume';
import { description, send } from './operations/send-and-wait';

// Only the end of a wait is received here; there is nothing to register with a third party.
const resumeWebhook: IWebhookDescription[] = [
  {
    name: 'default',
    httpMethod: 'POST',
    responseMode: 'onReceived',
    responseData: '',
    path: '={{ $nodeId }}',
    restartWebhook: true,
    isFullPath: true,
  },
];

export class HumanApproval implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Execution Layer: Human Approval',
    name: 'humanApproval',
    icon: {
      light: 'file:../../icons/human-approval.svg',
      dark: 'file:../../icons/human-approval.dark.svg',
    },
    group: ['transform'],
    version: 1,
    subtitle: 'Wait for the verdict',
    description:
      'Waits until people have approved or rejected a request in the policy service, or its time is over',
    defaults: { name: 'Human Approval' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    usableAsTool: true,
    credentials: [{ name: 'executionLayerApi', required: true }],
    webhooks: resumeWebhook,
    waitingNodeTooltip:
      'Waiting for a vote in the inbox of the policy service. The link is in approval.url of the request.',
    hints: [
      {
        message:
          'People vote in the inbox of the policy service; n8n cannot approve. Follow this node with ERP Execute, which asks the service again: when the wait times out, n8n passes the items on as they came in.',
        location: 'ndv',
        whenToDisplay: 'beforeExecution',
        type: 'info',
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
            name: 'Wait for Approval',
            value: SEND_AND_WAIT_OPERATION,
            description: 'Wait for the verdict on one request',
            action: 'Wait for approval of a request',
          },
        ],
        default: SEND_AND_WAIT_OPERATION,
      },
      {
        displayName:
          "As human review of an agent's tool, the tool must act on a request that exists, such as ERP Execute. Set Request ID to that tool's argument, for example <code>{{ $tool.parameters.Request_ID }}</code>.",
        name: 'reviewNotice',
        type: 'notice',
        default: '',
        displayOptions: { show: { '@tool': [true] } },
      },
      ...description,
    ],
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    let waitUntil: Date | undefined;
    const outputs = await routeItems(this, {
      outputs: 1,
      handle: async (itemIndex) => {
        const sent = await send(this, itemIndex);
        waitUntil ??= sent.waitUntil;
        return [{ output: 0, json: sent.json }];
      },
      onProblem: (problem) => ({ approved: false, problem }),
    });
    stopDuringOutage(this, outputs);
    if (waitUntil) await this.putExecutionToWait(waitUntil);
    return outputs;
  }

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return await resume(this);
  }
}

/**
 * A wait that could not be registered would end before anybody voted, and the approved request
 * would never be executed. So an outage of the service stops the node, and Retry On Fail can
 * bridge it; set to continue on errors, the item leaves unapproved instead.
 * @throws NodeApiError
 */
function stopDuringOutage(context: IExecuteFunctions, outputs: INodeExecutionData[][]): void {
  if (context.continueOnFail() || isTool(context)) return;
  (outputs[0] ?? []).forEach(({ json }, item) => {
    const problem = json.problem as Problem | undefined;
    if (problem && isOutage(problem)) throw toNodeError(context.getNode(), problem, item);
  });
}
