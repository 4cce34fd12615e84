import type {
  IDataObject,
  ILoadOptionsFunctions,
  INodeListSearchResult,
  ResourceMapperField,
  ResourceMapperFields,
} from 'n8n-workflow';
import { ProblemError } from './problem';
import { toNodeError } from './problem';
import { callService, type ServiceContext } from './transport';

/** What the nodes use of a catalogue entry. */
export interface CatalogueAction extends IDataObject {
  id: string;
  title: string;
  description: string;
  /** JSON Schema of the arguments. */
  schema: IDataObject;
}

/** @throws ProblemError */
export async function fetchActions(
  context: ServiceContext,
  filter?: string,
): Promise<CatalogueAction[]> {
  const query = { q: filter || undefined };
  const result = await callService(context, { method: 'GET', path: '/v1/actions', query });
  if (!result.ok) throw new ProblemError(result.problem);
  return (result.value.items ?? []) as CatalogueAction[];
}

/** The searchable list of the action picker. */
export async function searchActions(
  this: ILoadOptionsFunctions,
  filter?: string,
): Promise<INodeListSearchResult> {
  const actions = await inEditor(this, fetchActions(this, filter));
  return {
    results: actions.map(({ id, title, description }) => ({
      name: `${title} (${id})`,
      value: id,
      description,
    })),
  };
}

/** The form of an action's arguments, made from its schema. */
export async function getActionArguments(
  this: ILoadOptionsFunctions,
): Promise<ResourceMapperFields> {
  const id = String(this.getNodeParameter('action', '', { extractValue: true }));
  const actions = await inEditor(this, fetchActions(this));
  const schema = actions.find((action) => action.id === id)?.schema;
  return { fields: schema ? fieldsOf(schema) : [] };
}

async function inEditor<T>(context: ILoadOptionsFunctions, work: Promise<T>): Promise<T> {
  const outcome = await work.then(
    (value) => ({ value }),
    (thrown: unknown) => ({ thrown }),
  );
  if ('value' in outcome) return outcome.value;
  if (outcome.thrown instanceof ProblemError) {
    throw toNodeError(context.getNode(), outcome.thrown.problem, 0);
  }
  throw outcome.thrown;
}

function fieldsOf(schema: IDataObject): ResourceMapperField[] {
  const properties = (schema.properties ?? {}) as Record<string, IDataObject>;
  const required = (schema.required ?? []) as string[];
  return Object.entries(properties).map(([id, property]) => {
    const title = typeof property.title === 'string' ? property.title : id;
    return {
      id,
      displayName: title === id ? id : `${title} (${id})`,
      required: required.includes(id),
      defaultMatch: false,
      display: true,
      ...typeOf(property),
    };
  });
}

function typeOf(property: IDataObject): Pick<ResourceMapperField, 'type' | 'options'> {
  if (Array.isArray(property.enum)) {
    const options = property.enum.map((value) => ({ name: String(value), value: String(value) }));
    return { type: 'options', options };
  }
  switch (property.type) {
    case 'integer':
    case 'number':
      return { type: 'number' };
    case 'boolean':
      return { type: 'boolean' };
    case 'array':
      return { type: 'array' };
    case 'object':
      return { type: 'object' };
    default:
      return { type: 'string' };
  }
}
