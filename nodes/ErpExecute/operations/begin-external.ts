import type { IDataObject } from 'n8n-workflow';
import { shownFor, type Operation } from '../../shared/operation';
import { readRequestId, requestIdProperty } from '../../shared/parameters';
import { askForPermit, readRequest, requestInRefusal } from '../../shared/requests';
import { OUTPUT, refused, unanswered } from './outcome';

export const beginExternal: Operation = {
  description: shownFor('beginExternal', [requestIdProperty]),
  async execute(context, itemIndex) {
    const requestId = readRequestId(context, itemIndex);
    const result = await askForPermit(context, requestId);
    if (result.ok) {
      const { permit: secret, guarantee, repeated, arguments: payload, ...permit } = result.value;
      // Without its secret it is a repeat of a permit that somebody else holds.
      const permitted = typeof secret === 'string' && secret !== '';
      // n8n's expressions cannot read a member named `arguments`.
      const json: IDataObject = {
        id: requestId,
        permit: { ...permit, payload, secret },
        guarantee,
        ...(repeated ? { repeated } : {}),
      };
      return [{ output: permitted ? OUTPUT.executed : OUTPUT.needsAttention, json }];
    }
    if (result.settled) {
      return [refused(requestId, requestInRefusal(result.request, requestId), result.problem)];
    }
    // The permit may have been given without reaching us: nobody may write under it now.
    const truth = await readRequest(context, requestId);
    const { json } = unanswered(requestId, truth.ok ? truth.value : undefined, result.problem);
    return [{ output: OUTPUT.needsAttention, json }];
  },
};
