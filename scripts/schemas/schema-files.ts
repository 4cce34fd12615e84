import { resolve } from 'node:path';
import { CASES_FILE } from '../../policy-service/src/bundle/case-format';
import { ACTION_FILE } from '../../policy-service/src/bundle/formats';
import { RULES_FILE } from '../../policy-service/src/bundle/rules-format';
import { connectorSchemas } from '../../policy-service/src/erp/connectors';

export const SCHEMA_FOLDER = resolve(__dirname, '../../docs/schemas');

/** The JSON Schemas for editors, made from the formats that the service itself checks with. */
export function schemaFiles(): { name: string; text: string }[] {
  return [
    file('action', 'An action of the catalogue (catalogue/*.yaml)', ACTION_FILE),
    file('rules', 'Rules, tiers, limits and duplicates (policies/*.yaml)', RULES_FILE),
    file('connector', 'How an ERP is called (connectors/*.yaml)', { oneOf: connectorSchemas() }),
    file('tests', 'Test cases of a bundle (tests/*.yaml)', CASES_FILE),
  ];
}

function file(name: string, title: string, schema: object): { name: string; text: string } {
  const document = { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...schema };
  return { name: `${name}.schema.json`, text: `${JSON.stringify(document, null, 2)}\n` };
}
