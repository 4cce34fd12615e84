import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, selectors, type BrowserContext } from 'playwright-core';
import { stopChild } from './stack/child';
import { startN8n } from './stack/n8n';
import { ensureN8n } from './stack/n8n-runtime';
import { freePort } from './stack/ports';
import { CREDENTIAL, readWorkflow, withCredential, WORKFLOW_NAMES } from './stack/workflow-files';

const USAGE = `usage: tsx scripts/canvas.ts [FOLDER]
Takes a picture of each exported workflow's canvas in a real n8n (default FOLDER: docs/images).
Chromium is found through CHROMIUM (default /usr/bin/chromium).`;

const VIEW = { width: 1920, height: 1000 };
const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

async function main(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const dir = mkdtempSync(join(tmpdir(), 'execution-layer-canvas-'));
  const runtime = await ensureN8n(console.error);
  const n8n = await startN8n({
    runtime,
    port: await freePort(),
    userFolder: join(dir, 'n8n'),
    logFile: join(dir, 'n8n.log'),
    ownerEmail: 'owner@demo.example',
  });
  selectors.setTestIdAttribute('data-test-id');
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: BROWSER_FLAGS,
  });
  try {
    const credential = await n8n.client.createCredential(CREDENTIAL.name, CREDENTIAL.type, {
      baseUrl: 'http://127.0.0.1:4310',
      token: 'not-a-token',
    });
    const context = await browser.newContext({ viewport: VIEW, deviceScaleFactor: 2 });
    await context.request.post(`${n8n.url}/rest/login`, {
      data: { emailOrLdapLoginId: n8n.owner.email, password: n8n.owner.password },
    });
    for (const name of WORKFLOW_NAMES) {
      const workflow = withCredential(readWorkflow(name), credential.id);
      const id = await n8n.client.create(workflow);
      const file = join(folder, `canvas-${name}.png`);
      await picture(context, `${n8n.url}/workflow/${id}`, file);
      console.log(file);
    }
  } finally {
    await browser.close();
    await stopChild(n8n.child);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Controls that lie over the canvas and say nothing about the workflow. */
const OVERLAYS = ['canvas-controls', 'universal-add', 'execute-workflow-button', 'canvas-minimap'];

async function picture(context: BrowserContext, url: string, file: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(url);
  await page.getByTestId('canvas-node').first().waitFor();
  await page.getByTestId('zoom-to-fit').click();
  const hidden = OVERLAYS.map((id) => `[data-test-id="${id}"]`).join(',');
  await page.addStyleTag({ content: `${hidden} { visibility: hidden }` });
  // The zoom is animated, and nothing on the page says when it has ended.
  await page.waitForTimeout(1_500);
  await page.getByTestId('canvas-background').screenshot({ path: file });
  await page.close();
}

const argument = process.argv[2];
if (argument === '--help' || argument === '-h') console.log(USAGE);
else {
  main(resolve(argument ?? 'docs/images')).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
