import type { Bundle } from '../../domain/decision/bundle';
import { AppError } from '../../domain/errors';
import type { Caller } from '../change/caller';
import type { FactSource } from '../facts/look-up-facts';

/**
 * Looks up only what the active policy looks up for actions that the caller may use: a policy that
 * somebody sends along must not open other records of the ERP.
 */
export function permittedLookups(facts: FactSource, active: Bundle, caller: Caller): FactSource {
  const own = caller.kind === 'token' ? caller.token.actions : null;
  const known = active.actions.filter(({ id }) => own === null || own.includes(id));
  return {
    entities(action, ...more) {
      const foreign = action.entities.find(
        ({ lookup }) =>
          !known.some(
            ({ connector, entities }) =>
              connector === action.connector && entities.some((one) => one.lookup === lookup),
          ),
      );
      if (foreign) {
        throw new AppError(
          'invalid_parameter',
          `The active policy does not look up "${foreign.lookup}" for an action that you may use. Give the record ${foreign.name} under facts.`,
        );
      }
      return facts.entities(action, ...more);
    },
  };
}
