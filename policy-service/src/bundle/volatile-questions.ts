import type { Action } from '../domain/catalogue/action';
import type { BundleProblem } from './yaml-file';

/** Parts of a name that make a text a time. */
const TIME = /(^|_)(at|date|time|timestamp|modified|updated|changed|created)($|_)/;

/**
 * Asks the author about each shown number or time, as long as the entity says nothing of what is
 * volatile: an approval binds it, and whoever waits for it to hold still may wait for long.
 */
export function volatileQuestions(actions: Action[]): BundleProblem[] {
  return actions.flatMap(({ id, entities }) =>
    entities
      .filter(({ volatile }) => volatile === undefined)
      .flatMap(({ name, fields }) =>
        Object.entries(fields)
          .filter(([field, type]) => type === 'integer' || type === 'number' || TIME.test(field))
          .map(([field]) => ({
            where: `catalogue (${id})`,
            message: `entity ${name}: ${field} is shown to approvers; is it volatile? Else an approval binds it. Write volatile: [${field}], or volatile: [] when all fields bind`,
          })),
      ),
  );
}
