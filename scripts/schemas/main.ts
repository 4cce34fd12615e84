import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCHEMA_FOLDER, schemaFiles } from './schema-files';

mkdirSync(SCHEMA_FOLDER, { recursive: true });
for (const { name, text } of schemaFiles()) writeFileSync(join(SCHEMA_FOLDER, name), text);
