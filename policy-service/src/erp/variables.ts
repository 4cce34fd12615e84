import type { ConnectorDefinition } from './connectors';

/** Connector id -> variables of the environment that its file may name, as the operator listed them. */
export type ListedVariables = ReadonlyMap<string, readonly string[]>;

/** What the connectors for Odoo and Tryton name, by type: such a connector goes by its type's name. */
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

/**
 * Variables that a connector names: those that no connector may, and those that are not listed for it.
 * @param ids of the bundle's connectors: of two whose names begin alike, the longer one owns a variable
 */
export function unlistedVariables(
  definition: ConnectorDefinition,
  listed: ListedVariables,
  ids: readonly string[],
): { nobodys: string[]; unlisted: string[] } {
  const { id, type } = definition;
  const shipped = id === type ? SHIPPED.get(type) : undefined;
  const allowed = [MOCK_ERP, ...(shipped ?? []), ...(listed.get(id) ?? [])];
  const longer = [...ids, ...listed.keys(), ...SHIPPED.keys(), 'mock-erp']
    .map(prefixOf)
    .filter((prefix) => prefix.length > prefixOf(id).length);
  const isOwn = (name: string): boolean =>
    name.startsWith(prefixOf(id)) && !longer.some((prefix) => name.startsWith(prefix));
  const named = [...new Set(variablesIn(definition))];
  const nobodys = named.filter(isNobodys);
  const unlisted = named.filter((name) => !allowed.includes(name) && !isOwn(name));
  return { nobodys, unlisted: unlisted.filter((name) => !nobodys.includes(name)) };
}

/** What the variables of a connector's own begin with. */
function prefixOf(id: string): string {
  return `EXECUTION_LAYER_ERP_${id.toUpperCase().replaceAll('-', '_')}_`;
}

/** Settings stand anywhere in a definition; nothing else in it has a member `variable` of a name. */
function variablesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { variable } = value as { variable?: unknown };
  const here = typeof variable === 'string' ? [variable] : [];
  return [...here, ...Object.values(value).flatMap(variablesIn)];
}
