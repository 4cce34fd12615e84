import type { ConnectorTemplates, TemplateValue } from '../../application/ports';
import type { CallTemplate, HttpConnectorDefinition, LookupDefinition } from './definition';
import type { BodyTemplate, Placeholder, TextTemplate } from './template';

/** What the templates of a file take and bring, so that a bundle is checked without calling anything. */
export function templatesOf({ lookups, operations }: HttpConnectorDefinition): ConnectorTemplates {
  return {
    lookups: mapEntries(lookups, (lookup, name) => ({
      takes: takenBy(lookup, `/lookups/${name}`),
      brings: Object.keys(lookup.fields),
      unmatched: unmatched(lookup),
    })),
    operations: mapEntries(operations, (operation, name) => {
      const { find, verify, reference, result } = operation;
      const here = `/operations/${name}`;
      const found = Object.keys(find?.result ?? result);
      return {
        takes: takenBy(operation, here),
        searches: find ? takenBy(find, `${here}/find`) : [],
        verifies: verify
          ? [
              ...takenBy(verify, `${here}/verify`),
              ...Object.entries(verify.same).flatMap(([pointer, part]) =>
                valueIn(part, `${here}/verify/same/${escaped(pointer)}`),
              ),
            ]
          : [],
        brings: [
          // What is found again must bring the same as what was answered at once.
          ...Object.keys(result).filter((member) => found.includes(member)),
          ...(reference === undefined ? [] : ['erp_reference']),
        ],
      };
    }),
  };
}

/** Parameters outside of the path that the answer is not compared with: a filter may be ignored. */
function unmatched({ query, headers, match }: LookupDefinition): string[] {
  const filters = [...texts(query, ''), ...texts(headers, '')].map(({ name }) => name);
  return [...new Set(filters)].filter((name) => !Object.hasOwn(match, name));
}

function takenBy(call: CallTemplate, at: string): TemplateValue[] {
  return [
    ...call.path.flatMap((segment) => valueIn(segment, `${at}/path`)),
    ...texts(call.query, `${at}/query`),
    ...texts(call.headers, `${at}/headers`),
    ...(call.body === undefined ? [] : inBody(call.body, `${at}/body`)),
  ];
}

function texts(parts: Record<string, TextTemplate>, at: string): TemplateValue[] {
  return Object.entries(parts).flatMap(([name, part]) => valueIn(part, `${at}/${name}`));
}

function valueIn(part: TextTemplate | Placeholder, at: string): TemplateValue[] {
  return 'literal' in part ? [] : [{ name: part.argument, optional: part.optional, at }];
}

function inBody(template: BodyTemplate, at: string): TemplateValue[] {
  switch (template.kind) {
    case 'literal':
      return [];
    case 'value':
      return valueIn(template.placeholder, at);
    case 'list':
      return template.items.flatMap((item, index) => inBody(item, `${at}/${index}`));
    case 'object':
      return template.members.flatMap(([name, member]) => inBody(member, `${at}/${name}`));
  }
}

/** A member's name as a part of a JSON pointer. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function mapEntries<T, U>(
  record: Record<string, T>,
  map: (value: T, name: string) => U,
): Record<string, U> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, map(value, name)]),
  );
}
