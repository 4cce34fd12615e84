import { Environment } from '@marcbachmann/cel-js';
import type { NameTree } from './names';
import { Decimal } from '../money';

const LIMITS = {
  maxAstNodes: 400,
  maxDepth: 40,
  maxListElements: 200,
  maxMapEntries: 1,
  maxCallArguments: 3,
};

/** The library checks types here and never evaluates: see condition-program.ts. */
const neverCalled = (): never => {
  throw new Error('conditions are evaluated by condition-program');
};

/** The CEL types of everything that conditions of one action may name, and nothing else. */
export function conditionEnvironment(names: NameTree): Environment {
  const env = new Environment({ unlistedVariablesAreDyn: false, limits: LIMITS });
  env.registerType('Decimal', { ctor: Decimal, fields: {} });
  env.registerFunction('decimal(string): Decimal', neverCalled);
  for (const operator of ['<', '<=', '>', '>=', '==']) {
    env.registerOperator(`Decimal ${operator} Decimal`, neverCalled);
  }
  for (const [name, type] of Object.entries(names)) {
    if (typeof type === 'string') env.registerVariable(name, type);
    else env.registerVariable({ name, schema: type });
  }
  return env;
}
