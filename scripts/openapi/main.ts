import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBundle } from '../../policy-service/src/bundle/load-bundle';
import { runPolicyCases } from '../../policy-service/src/bundle/policy-cases';
import { readBundleFolder } from '../../policy-service/src/bundle/read-folder';
import { OpenApiDocument } from '../../policy-service/src/openapi-import/document';
import { ImportError } from '../../policy-service/src/openapi-import/import-error';
import { importOpenApi } from '../../policy-service/src/openapi-import/import-openapi';
import { listOperations } from '../../policy-service/src/openapi-import/operations';
import { publishedDocuments } from './published';

/**
 * Imports every operation of OpenAPI documents that were published by others, and checks and tests
 * each bundle that comes out. An import may leave an operation out with a sentence, or refuse a
 * document with one; anything else is a failure.
 */
function main(): void {
  let failed = 0;
  const total = { documents: 0, operations: 0, imported: 0 };
  for (const { name, file } of publishedDocuments((text) => console.error(text))) {
    const label = `${name} ${file.split('/').slice(-3).join('/')}`;
    try {
      const { operations, imported } = tryDocument(file);
      total.documents += 1;
      total.operations += operations;
      total.imported += imported;
      console.log(`ok    ${label}: ${imported} of ${operations} operations`);
    } catch (error) {
      if (error instanceof ImportError) {
        console.log(`told  ${label}: ${error.message.split('\n').slice(0, 2).join(' ')}`);
        continue;
      }
      failed += 1;
      console.log(`FAIL  ${label}: ${String(error)}`);
    }
  }
  console.log(
    `${total.imported} of ${total.operations} operations of ${total.documents} documents imported, ${failed} failures.`,
  );
  process.exitCode = failed > 0 || total.documents === 0 ? 1 : 0;
}

function tryDocument(file: string): { operations: number; imported: number } {
  const text = readFileSync(file, 'utf8');
  const operations = listOperations(OpenApiDocument.parse(text, file)).length;
  const out = mkdtempSync(join(tmpdir(), 'openapi-'));
  try {
    const { actions } = importOpenApi(text, file, {
      operations: 'all',
      out,
      connector: 'imported',
      baseUrl: 'https://erp.example.com',
      force: false,
    });
    const loaded = loadBundle(readBundleFolder(out), out);
    const report = runPolicyCases(loaded);
    if (report.failed > 0 || report.passed !== actions.length) {
      throw new Error(`${report.failed} of ${report.results.length} test cases fail`);
    }
    return { operations, imported: actions.length };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

main();
