import { parseArgs } from 'node:util';
import type { StackPorts } from '../stack/stack';

const DEFAULTS: StackPorts = { service: 4310, erp: 4320, n8n: 5678 };

export const HELP = `usage: npm run demo [-- OPTIONS]

Starts the policy service, a mock ERP and a real n8n with the nodes and workflows in it,
sends the sample requests of examples/payloads through the webhook, and shows what became
of each. Everything is fresh in each run and removed afterwards; Ctrl-C ends it.

  --auto              approve what waits, as the demo's approver, instead of waiting for you
  --once              end as soon as every sample has ended; the exit code is 0 only if each
                      ended as it should
  --port-offset N     add N to all three ports
  --service-port N    policy service and inbox (default ${DEFAULTS.service})
  --erp-port N        mock ERP (default ${DEFAULTS.erp})
  --n8n-port N        n8n (default ${DEFAULTS.n8n})
  --help              this text`;

export interface DemoOptions {
  auto: boolean;
  once: boolean;
  help: boolean;
  ports: StackPorts;
}

/** @throws Error with a sentence for an option that is unknown or has no usable value */
export function readOptions(args: string[]): DemoOptions {
  const { values } = parseArgs({
    args,
    options: {
      auto: { type: 'boolean', default: false },
      once: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      'port-offset': { type: 'string', default: '0' },
      'service-port': { type: 'string' },
      'erp-port': { type: 'string' },
      'n8n-port': { type: 'string' },
    },
  });
  const offset = wholeNumber('port-offset', values['port-offset']);
  const port = (name: 'service-port' | 'erp-port' | 'n8n-port', standard: number): number => {
    const value = wholeNumber(name, values[name] ?? String(standard + offset));
    if (value < 1 || value > 65_535)
      throw new Error(`--${name}: ${value} is not a port (1 to 65535).`);
    return value;
  };
  return {
    auto: values.auto,
    once: values.once,
    help: values.help,
    ports: {
      service: port('service-port', DEFAULTS.service),
      erp: port('erp-port', DEFAULTS.erp),
      n8n: port('n8n-port', DEFAULTS.n8n),
    },
  };
}

function wholeNumber(name: string, text: string): number {
  if (!/^-?\d+$/.test(text)) throw new Error(`--${name} needs a whole number, not "${text}".`);
  return Number(text);
}
