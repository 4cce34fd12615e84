import type { ConnectorTraits } from '../application/ports';
import type { Action } from '../domain/catalogue/action';
import { undoId } from '../domain/catalogue/undo';
import { REFERENCE, undoSteps } from './template-checks';
import type { BundleProblem } from './yaml-file';

/**
 * An undo that the ERP would answer with success, and that takes nothing back: it only reads, writes
 * the same once more, or names nothing of what was written.
 */
export function emptyUndos(action: Action, connector: ConnectorTraits): BundleProblem[] {
  const { operations, templates } = connector;
  const why = ({ operation, undone }: ReturnType<typeof undoSteps>[number]): string | undefined => {
    if (operations[operation]?.reads) return 'only reads, so it takes nothing back';
    if (undone.some((step) => step.operation === operation)) {
      return 'is what writes, and would write once more';
    }
    const call = templates?.operations[operation];
    if (!call || undone.length === 0) return undefined;
    const brought = undone.flatMap((step) =>
      (templates?.operations[step.operation]?.brings ?? []).flatMap((member) =>
        member === REFERENCE ? [member, `${step.name}.${member}`] : [`${step.name}.${member}`],
      ),
    );
    return call.takes.some(({ name }) => brought.includes(name))
      ? undefined
      : `takes nothing of what was written, neither {${REFERENCE}} nor a member of its result`;
  };
  return undoSteps(action, connector).flatMap((step) => {
    const reason = why(step);
    return reason === undefined
      ? []
      : [
          {
            where: `catalogue (${action.id})`,
            message: `compensation: the operation "${step.operation}" ${reason}`,
            unsafe: [undoId(action.id)],
            notUndoable: action.id,
          },
        ];
  });
}
