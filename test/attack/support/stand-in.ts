import type { ServerResponse } from 'node:http';
import { parse, stringify } from 'yaml';
import { bundleFolder } from '../../service/bundle-folder';
import { answers, ScriptedServer, type ReceivedCall } from '../../service/http-connector/harness';

export { answers, ScriptedServer, type ReceivedCall };

export type Answering = (res: ServerResponse, call: ReceivedCall) => void;

/** What the mock ERP says of a vendor. */
export const vendor = (id: string, more: object = {}) =>
  answers(200, { vendor_id: id, name: 'Acme Supplies', status: 'active', ...more });

/** The last segment of a call's path, as the caller wrote it. */
export const idIn = ({ url }: ReceivedCall): string =>
  (url.split('?')[0] ?? '').split('/').at(-1) ?? '';

/** The shipped bundle with ids of any form, so that the connector alone stands before the ERP. */
export function anyIds(connector: (definition: Record<string, unknown>) => object = (one) => one) {
  return bundleFolder({
    edit: {
      'catalogue/vendor.read.yaml': (text) =>
        text
          .replace("pattern: '^V-[0-9]{4}$',", '')
          .replace('maxLength: 6', 'maxLength: 60000')
          .replace('    vendor_id: { kind: id, nouns: [vendor, supplier, creditor] }\n', '')
          .replace('  arguments:\n  examples:', '  examples:'),
      'connectors/mock-erp.yaml': (text) =>
        stringify({
          ...parse(text),
          timeoutMs: 2_000,
          retry: { attempts: 1 },
          ...connector(parse(text)),
        }),
    },
  });
}
