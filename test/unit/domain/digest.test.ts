import fc from 'fast-check';
import { canonicalJson, sha256Hex } from '../../../policy-service/src/domain/canonical-json';
import { requestDigest } from '../../../policy-service/src/domain/request/digest';
import type {
  GovernedRequest,
  JsonObject,
} from '../../../policy-service/src/domain/request/request';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const subject = fc.record({ tokenId: text, requestedBy: text, verified: fc.boolean() });

function request(values: JsonObject | undefined, rest: object = {}): GovernedRequest {
  return {
    id: 'req_1',
    kind: 'action',
    subject: { tokenId: 'tok_1', requestedBy: 'ana', verified: false },
    ...(values === undefined ? {} : { arguments: values }),
    ...rest,
  } as unknown as GovernedRequest;
}

/** What the digest is, by its definition. */
function defined({ id, kind, subject: s, intent, ...rest }: GovernedRequest): string {
  return sha256Hex(
    canonicalJson({
      v: rest.digestVersion ?? 1,
      requestId: id,
      kind,
      subject: { tokenId: s.tokenId, requestedBy: s.requestedBy, verified: s.verified },
      action: intent?.action ?? null,
      actionVersion: rest.actionVersion ?? null,
      connectorId: rest.connectorId ?? null,
      arguments: rest.arguments ?? null,
    }),
  );
}

test('the digest is SHA-256 of the RFC 8785 form, for any arguments and names', () => {
  const names = fc.oneof(text, fc.constantFrom('1', '10', '9', 'a', 'A', 'ä', '__proto__', '\\ud'));
  const values = fc.dictionary(names, fc.jsonValue(), { maxKeys: 8 });
  const version = fc.constantFrom({}, { digestVersion: 2 });
  fc.assert(
    fc.property(
      values,
      subject,
      text,
      fc.nat(9),
      version,
      (args, who, action, actionVersion, v) => {
        const rest = { subject: who, intent: { action }, actionVersion, ...v };
        const made = request(args as JsonObject, rest);
        expect(requestDigest(made)).toBe(defined(made));
      },
    ),
    { numRuns: 1000 },
  );
  expect(requestDigest(request(undefined))).toBe(defined(request(undefined)));
});

test('text that is not Unicode has no digest', () => {
  const wrong: JsonObject[] = [{ memo: '\ud800' }, { '\udfff': 1 }, { memo: ['\ud800'] }];
  for (const values of wrong) {
    expect(() => requestDigest(request(values))).toThrow(/lone surrogate/);
  }
});

test('a request keeps the digest version that it was validated under', () => {
  const values = { sku: 'q-1' };
  const old = requestDigest(request(values));
  expect(old).toBe('fe4ddfbe3b7896068517cae18237bb289f97c9125d61ff4a37e8294c6acf505b');
  expect(requestDigest(request(values, { digestVersion: 2 }))).not.toBe(old);
});
