import { readAnswer } from '../../../policy-service/src/erp/http/answer';
import { referenceAt } from '../../../policy-service/src/erp/http/brought';

function referenceOf(id: unknown): string | undefined {
  const answer = readAnswer(Buffer.from(JSON.stringify({ id })));
  if (!answer.readable || answer.json === undefined) throw new Error('It should be readable.');
  return referenceAt(answer.json, '/id', answer.exact, '');
}

test.each(['', ' ', '\u00a0', '-', '\u0301', '\u3164', '\u115f', '\u034f', '\ufe0f', '\u17b4'])(
  'nothing to be seen identifies nothing: %j',
  (id) => expect(referenceOf(id)).toBeUndefined(),
);

test.each(['7\ufe0f', '7\u3164', '7\u2800', '\u2800', '7\u200b', '7\n8', '\ue000'])(
  'a sign that nobody sees keeps a text from identifying anything: %j',
  (id) => expect(referenceOf(id)).toBeUndefined(),
);

test('what had to be changed to be stored identifies nothing', () => {
  expect(referenceOf(`7${'\u0301'.repeat(60)}`)).toBeUndefined();
  expect(referenceOf('7\ud800')).toBeUndefined();
});

test.each(['PAY-000001', '0', 'Facture n\u00b0 7', 'e\u0301-1', 'कि-12', '請求書-3', 'PO #7/2'])(
  'what can be read does: %j',
  (id) => expect(referenceOf(id)).toBe(id),
);
