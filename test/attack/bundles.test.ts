import { readBundleFolder } from '../../policy-service/src/bundle/read-folder';
import { resolve } from 'node:path';
import { COSTLY } from './support/costly-bundles';
import { Target } from './support/target';

/** Bundles that are sent to keep the service from answering others, or to end it. */
let target: Target;
beforeAll(async () => {
  target = await Target.start();
});
afterAll(() => target?.stop());

const request = {
  action: 'vendor.read',
  arguments: { vendor_id: 'V-1001' },
  requestedBy: 'ana@example.com',
};
const ask = (files: object[]) =>
  target.call('/v1/policies/simulate', { request, bundle: { files } });

test('no bundle of a what-if keeps others waiting', async () => {
  const attack = async (): Promise<string[]> => {
    const told: string[] = [];
    for (const [kind, files] of Object.entries(COSTLY)) {
      const { status, body } = await ask(files);
      told.push(`${kind}: ${status === 422 || status === 200 ? 'answered' : JSON.stringify(body)}`);
    }
    return told;
  };
  const { result, answers, stalled } = await target.during(attack);
  expect(result).toEqual(Object.keys(COSTLY).map((kind) => `${kind}: answered`));
  expect(answers).toBeGreaterThan(50);
  expect(stalled).toBe(false);
});

test('no bundle that is stored keeps others waiting, and many at once wait for each other', async () => {
  const shipped = readBundleFolder(resolve(__dirname, '../../policy-service'));
  const costly = COSTLY['long conditions'] ?? [];
  const store = (n: number) =>
    target.call('/v1/policies', {
      files: [...shipped, ...costly, { path: 'policies/other.yaml', text: `# ${n}\nrules: []\n` }],
    });
  const { result, stalled } = await target.during(() =>
    Promise.all(Array.from({ length: 12 }, (_, n) => store(n))),
  );
  const told = result.map(({ body }) => (body as { code: string }).code);
  expect(new Set(told)).toEqual(new Set(['rate_limited', 'bundle_too_costly']));
  expect(stalled).toBe(false);
  expect(await ask([{ path: 'policies/other.yaml', text: 'rules: []' }])).toMatchObject({
    status: 200,
  });
});
