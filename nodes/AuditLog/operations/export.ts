import { valueOf } from '../../shared/items';
import { shownFor, type Operation } from '../../shared/operation';
import { readText } from '../../shared/parameters';
import { callForText } from '../../shared/transport';

const FILE_NAME = 'audit-log.ndjson';

export const exportLog: Operation = {
  description: shownFor('export', [
    {
      displayName: 'Put Output File in Field',
      name: 'binaryPropertyName',
      type: 'string',
      required: true,
      default: 'data',
      hint: 'The name of the output binary field to put the file in',
    },
  ]),
  async execute(context, itemIndex) {
    const field = readText(context, 'binaryPropertyName', 'Put Output File in Field', itemIndex);
    const call = { method: 'GET', path: '/v1/audit/export' } as const;
    const text = valueOf(await callForText(context, call));
    const file = await context.helpers.prepareBinaryData(
      Buffer.from(text),
      FILE_NAME,
      'application/x-ndjson',
    );
    const lines = text.split('\n').filter((line) => line !== '').length;
    return [{ output: 0, json: { fileName: FILE_NAME, lines }, binary: { [field]: file } }];
  },
};
