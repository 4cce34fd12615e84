import { NodeConnectionTypes } from 'n8n-workflow';
import type {
  ExpressionString,
  IExecuteFunctions,
  INodeExecutionData,
  INodeType,
  INodeTypeDescription,
} from 'n8n-workflow';
import { getActionArguments, searchActions } from '../shared/catalogue';
import { routeOrStop } from '../shared/items';
import { chosen } from '../shared/operation';
import { description as extractTextDescription, extractText } from './operations/extract-text';
import { description as submitIntentDescription, submitIntent } from './operations/submit-intent';

const operations = { extractText, submitIntent };

/** The connector for a chat model is only there when the model is asked for. */
const inputsByExtractor: ExpressionString = `={{ $parameter["operation"] === "extractText" && $parameter["extractor"] === "model"
  ? ["${NodeConnectionTypes.Main}", { type: "${NodeConnectionTypes.AiLanguageModel}", displayName: "Chat Model", required: true, maxConnections: 1 }]
  : ["${NodeConnectionTypes.Main}"] }}`;

export class ExtractIntent implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Execution Layer: Extract Intent',
    name: 'extractIntent',
    icon: {
      light: 'file:../../icons/extract-intent.svg',
      dark: 'file:../../icons/extract-intent.dark.svg',
    },
    group: ['transform'],
    version: 1,
    subtitle:
      '={{ $parameter["operation"] === "submitIntent" ? "Submit intent" : "Extract from text" }}',
    description:
      'Creates a request at the policy service: from a text, or from an intent that an agent already formed',
    defaults: { name: 'Extract Intent' },
    inputs: inputsByExtractor,
    outputs: [NodeConnectionTypes.Main],
    usableAsTool: true,
    credentials: [{ name: 'executionLayerApi', required: true }],
    hints: [
      {
        message:
          'The chat model is only asked when <b>Extractor</b> is set to Connected Chat Model. What it says is a proposal that the policy service validates and decides on.',
        location: 'ndv',
        whenToDisplay: 'beforeExecution',
        displayCondition: '={{ $parameter["extractor"] === "model" }}',
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
            name: 'Extract From Text',
            value: 'extractText',
            description: 'Turn a text into a structured intent and create the request',
            action: 'Extract an intent from a text',
          },
          {
            name: 'Submit Intent',
            value: 'submitIntent',
            description: 'Create the request from an action and its arguments',
            action: 'Submit an intent',
          },
        ],
        default: 'extractText',
      },
      ...extractTextDescription,
      ...submitIntentDescription,
    ],
  };

  methods = {
    listSearch: { searchActions },
    resourceMapping: { getActionArguments },
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await routeOrStop(
      this,
      async (itemIndex) => await chosen(operations, this, itemIndex)(this, itemIndex),
    );
  }
}
