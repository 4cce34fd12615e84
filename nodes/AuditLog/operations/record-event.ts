import type { IDataObject } from 'n8n-workflow';
import { callIdentity, digestOf } from '../../shared/call-key';
import { shownFor, type Operation } from '../../shared/operation';
import {
  readGiven,
  readJson,
  readRequestId,
  readText,
  requestIdProperty,
} from '../../shared/parameters';
import { pathOf } from '../../shared/requests';
import { callService } from '../../shared/transport';

export const recordEvent: Operation = {
  description: shownFor('recordEvent', [
    requestIdProperty,
    {
      displayName: 'Event Type',
      name: 'eventType',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'requester_informed',
      description: 'What happened, in a word; the log shows it as custom.&lt;type&gt;',
    },
    {
      displayName: 'Message',
      name: 'message',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'The requester was told the outcome by e-mail.',
      description: 'One sentence for the people who read the timeline',
    },
    {
      displayName: 'Data (JSON)',
      name: 'data',
      type: 'json',
      default: '{}',
      description: 'Further facts about the event. The log is never erased: leave out secrets.',
    },
  ]),
  async execute(context, itemIndex) {
    const requestId = readRequestId(context, itemIndex);
    const data = readJson(readGiven(context, 'data', itemIndex), 'Data (JSON)');
    const body: IDataObject = {
      type: readText(context, 'eventType', 'Event Type', itemIndex),
      message: readText(context, 'message', 'Message', itemIndex),
      ...(data ? { data } : {}),
    };
    const result = await callService(context, {
      method: 'POST',
      path: `${pathOf(requestId)}/events`,
      body,
      // Retries of one call record once; what happens again in a later call is another event.
      idempotencyKey: `event:${digestOf([callIdentity(context, itemIndex, body), requestId, body])}`,
    });
    const incoming = context.getInputData()[itemIndex]?.json ?? {};
    if (!result.ok) return [{ output: 0, json: { ...incoming, problem: result.problem } }];
    const { sequence, leafHash, repeated } = result.value;
    const audit = { sequence, leafHash, ...(repeated ? { repeated } : {}) };
    return [{ output: 0, json: { ...incoming, audit } }];
  },
};
