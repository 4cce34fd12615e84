import type { ConnectorDefinition } from './connectors';

/** Connector id -> variables of the environment that its file may name, as the operator listed them. */
export type ListedVariables = ReadonlyMap<string, readonly string[]>;

/** What the shipped connector and the example bundles name. */
const SHIPPED: ListedVariables = new Map([
  ['odoo', ['ODOO_URL', 'ODOO_DATABASE', 'ODOO_LOGIN', 'ODOO_API_KEY']],
  ['tryton', ['TRYTON_URL', 'TRYTON_DATABASE', 'TRYTON_LOGIN', 'TRYTON_PASSWORD']],
]);
/** An address without a secret, for every connector that leads to the mock ERP. */
const MOCK_ERP = 'EXECUTION_LAYER_MOCK_ERP_URL';

/** Belong to the service, the runtime or the system: no list makes them a connector's. */
export function isNobodys(variable: string): boolean {
  const own = variable.startsWith('EXECUTION_LAYER_');
  return (
    (own && variable !== MOCK_ERP && !variable.startsWith('EXECUTION_LAYER_ERP_')) ||
    variable === 'EXECUTION_LAYER_ERP_HOSTS' ||
    /^(ANTHROPIC|NODE|NPM|N8N|LD)_/.test(variable) ||
    ['PATH', 'HOME', 'USER', 'SHELL', 'PWD', 'TMPDIR'].includes(variable)
  );
}

/** Variables that a connector names: those that no connector may, and those that are not listed for it. */
export function unlistedVariables(
  definition: ConnectorDefinition,
  listed: ListedVariables,
): { nobodys: string[]; unlisted: string[] } {
  const { id } = definition;
  const own = `EXECUTION_LAYER_ERP_${id.toUpperCase().replaceAll('-', '_')}_`;
  const allowed = [MOCK_ERP, ...(SHIPPED.get(id) ?? []), ...(listed.get(id) ?? [])];
  const named = [...new Set(variablesIn(definition))];
  const nobodys = named.filter(isNobodys);
  const unlisted = named.filter((name) => !allowed.includes(name) && !name.startsWith(own));
  return { nobodys, unlisted: unlisted.filter((name) => !nobodys.includes(name)) };
}

/** Settings stand anywhere in a definition; nothing else in it has a member `variable` of a name. */
function variablesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { variable } = value as { variable?: unknown };
  const here = typeof variable === 'string' ? [variable] : [];
  return [...here, ...Object.values(value).flatMap(variablesIn)];
}
