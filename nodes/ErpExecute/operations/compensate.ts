import { outputFor } from '../../GuardrailDecide/operations/decide';
import { shownFor, type Operation } from '../../shared/operation';
import {
  readOptionalText,
  readRequestId,
  readText,
  requestIdProperty,
} from '../../shared/parameters';
import { compensateRequest } from '../../shared/requests';
import { OUTPUT } from './outcome';

export const compensate: Operation = {
  description: shownFor('compensate', [
    {
      ...requestIdProperty,
      description: 'ID of the executed request that is to be undone',
    },
    {
      displayName: 'Reason',
      name: 'reason',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'Booked twice by the supplier portal',
      description: 'Why it is undone; shown to whoever approves it and kept in the audit log',
    },
    {
      displayName: 'Requested By',
      name: 'requestedBy',
      type: 'string',
      default: '',
      placeholder: 'ana@example.com',
      description:
        'Who asks for the undo; they cannot approve it. Empty: whoever asked for the first request.',
    },
  ]),
  async execute(context, itemIndex) {
    const requestId = readRequestId(context, itemIndex);
    const reason = readText(context, 'reason', 'Reason', itemIndex);
    const requestedBy = readOptionalText(context, 'requestedBy', 'Requested By', itemIndex);
    const result = await compensateRequest(context, requestId, {
      reason,
      ...(requestedBy ? { requestedBy } : {}),
    });
    // Routed by the decision on the undo, as Guardrail Decide does; nothing is written yet.
    return result.ok
      ? [{ output: outputFor(result.value), json: result.value }]
      : [{ output: OUTPUT.notExecuted, json: { compensates: requestId, problem: result.problem } }];
  },
};
