import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Routed } from './items';

/** One operation of a node: the parameters it shows, and what it does with one item. */
export interface Operation {
  description: INodeProperties[];
  execute(context: IExecuteFunctions, itemIndex: number): Promise<Routed[]>;
}

/** Shows parameters for one operation only. */
export function shownFor(operation: string, properties: INodeProperties[]): INodeProperties[] {
  return properties.map((property) => ({
    ...property,
    displayOptions: {
      ...property.displayOptions,
      show: { ...property.displayOptions?.show, operation: [operation] },
    },
  }));
}

/** The operation that an item asks for. */
export function chosen<T>(
  operations: Record<string, T>,
  context: IExecuteFunctions,
  itemIndex: number,
): T {
  const name = context.getNodeParameter('operation', itemIndex) as string;
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!operation) throw new Error(`There is no operation "${name}".`);
  return operation;
}
