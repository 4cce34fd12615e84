import type { Caller } from '../change/caller';
import type { Deps } from '../change/deps';
import { turnOf } from '../policies/sent-bundles';
import { chooseBundle, type BundleChoice } from './choose-bundle';
import { permittedLimits } from './permitted-limits';
import { permittedLookups } from './permitted-lookups';
import type { Question } from './question';
import { simulate, type Simulation } from './simulate';

/**
 * What a policy of a caller's choice would say to a request.
 * @throws AppError as chooseBundle and simulate
 */
export async function ask(
  deps: Deps,
  caller: Caller,
  question: Question,
  choice?: BundleChoice,
): Promise<Simulation> {
  const asked = await chooseBundle(deps, turnOf(caller), choice);
  const facts = permittedLookups(deps.facts, deps.bundle(), caller);
  const store = permittedLimits(deps.store, deps.bundle(), caller);
  return simulate({ ...deps, store, facts }, caller, question, asked);
}
