import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// n8n-core keeps its instance settings in the user folder. Imported before n8n-core, so that a
// test never touches the folder of whoever runs it.
const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-test-'));
process.env.N8N_USER_FOLDER = folder;
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
