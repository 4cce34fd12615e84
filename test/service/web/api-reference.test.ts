import { TestService } from '../harness';

/** The API reference is a page like every other: from the routes, and without script. */
let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.stop());

test('names every route, under the policy of all pages, and runs nothing', async () => {
  const page = await service.call('/docs', undefined, { token: null });
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toMatch(
    /^default-src 'none';style-src 'self'/,
  );
  expect(page.headers.get('content-security-policy')).not.toMatch(/script-src|unsafe/);
  expect(page.body).not.toMatch(/<script|<style| style=| on[a-z]+=/);
  const { body: document } = await service.call('/openapi.json', undefined, { token: null });
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of Object.keys(item as object)) {
      expect(page.body).toContain(`${method.toUpperCase()} ${path}`);
    }
  }
  for (const name of Object.keys(document.components.schemas)) {
    expect(page.body).toContain(`id="schema-${name}"`);
  }
  const anchors = [...page.body.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  for (const id of anchors) expect(page.body).toContain(`id="${id}"`);
});
