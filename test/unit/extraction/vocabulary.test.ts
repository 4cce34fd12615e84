import type { Action } from '../../../policy-service/src/domain/catalogue/action';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';
import { parseVocabulary } from '../../../policy-service/src/extraction/vocabulary';
import { ACTIONS, shipped } from './catalogue';

function withBlock(id: string, extraction: JsonObject): Action {
  return { ...shipped(id), extraction };
}

test('the shipped blocks are all valid', () => {
  for (const action of ACTIONS) expect(parseVocabulary(action).actionId).toBe(action.id);
});

test('an empty block leaves what the schema says: record numbers and enums', () => {
  const words = parseVocabulary(withBlock('ticket.route', {})).arguments;
  expect(words.map((one) => [one.name, one.kind])).toEqual([
    ['ticket_id', 'id'],
    ['queue', 'choice'],
    ['priority', 'choice'],
  ]);
});

test.each([
  ['ticket.route', { verbs: ['route'] }, 'ticket.route: extraction/verbs is not a known key'],
  ['ticket.route', { commands: 'route' }, 'ticket.route: extraction/commands must be a list'],
  ['ticket.route', { commands: ['route', 5] }, 'extraction/commands must hold texts only'],
  [
    'ticket.route',
    { arguments: { queu: {} } },
    'extraction/arguments/queu is not an argument of the action',
  ],
  [
    'ticket.route',
    { arguments: { ticket_id: { nuons: [] } } },
    'extraction/arguments/ticket_id/nuons is not a known key',
  ],
  [
    'ticket.route',
    { arguments: { queue: { values: { legal: ['law'] } } } },
    'extraction/arguments/queue/values/legal is not a known key',
  ],
  [
    'ticket.route',
    { arguments: { queue: { several: 'all' } } },
    'extraction/arguments/queue/several must be one of first, none',
  ],
  [
    'ticket.route',
    { arguments: { queue: { weight: 9 } } },
    'extraction/arguments/queue/weight must be a number from 0 to 5',
  ],
  [
    'inventory.adjust',
    { arguments: { reason: { kind: 'prose' } } },
    'extraction/arguments/reason/kind must be one of',
  ],
  [
    'inventory.adjust',
    { arguments: { reason: { labels: ['reason'] } } },
    'extraction/arguments/reason/kind is missing',
  ],
  [
    'inventory.adjust',
    { arguments: { reason: { kind: 'id' } } },
    'extraction/arguments/reason/kind needs a schema pattern',
  ],
  [
    'crm.contact.update',
    { arguments: { value: { kind: 'value', of: 'contact_id', forms: {} } } },
    'extraction/arguments/value/of must name an argument of kind choice',
  ],
  [
    'crm.contact.update',
    { arguments: { value: { kind: 'value', of: 'field', forms: { email: 'email' } } } },
    'extraction/arguments/value/forms/phone is missing',
  ],
  ['vendor.read', { examples: [{ arguments: {} }] }, 'extraction/examples/0/text must be a text'],
] as [string, JsonObject, string][])('%s %j is refused', (id, extraction, message) => {
  expect(() => parseVocabulary(withBlock(id, extraction))).toThrow(message);
});
