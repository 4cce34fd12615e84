import { answersOk, startChild, stopChild, waitUntilReady, type Child } from './child';
import { SERVICE_BIN, serviceEnvironment } from './service-cli';

export interface RunningMockErp {
  child: Child;
  url: string;
}

/** Starts the mock ERP with its seed records. */
export async function startMockErp(options: {
  port: number;
  /** Folder of its records. */
  dataDir: string;
  logFile: string;
}): Promise<RunningMockErp> {
  const url = `http://127.0.0.1:${options.port}`;
  const child = startChild({
    name: 'mock ERP',
    command: process.execPath,
    args: [SERVICE_BIN, 'mock-erp'],
    env: serviceEnvironment({
      EXECUTION_LAYER_MOCK_ERP_PORT: String(options.port),
      EXECUTION_LAYER_DATA_DIR: options.dataDir,
    }),
    logFile: options.logFile,
  });
  try {
    await waitUntilReady(child, () => answersOk(`${url}/records/vendors`));
  } catch (error) {
    await stopChild(child);
    throw error;
  }
  return { child, url };
}

/** Everything that the ERP holds of one kind (vendors, stock, movements, payments ...). */
export async function erpRecords(erpUrl: string, kind: string): Promise<Record<string, unknown>[]> {
  const response = await fetch(`${erpUrl}/records/${kind}`);
  if (!response.ok) throw new Error(`mock ERP /records/${kind}: ${response.status}`);
  return (await response.json()) as Record<string, unknown>[];
}
