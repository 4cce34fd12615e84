import { Command } from 'commander';
import { join } from 'node:path';
import { readConfig } from '../config';
import { startMockErp } from '../mock-erp/server';
import { portTaken, untilSignal } from './lifecycle';

export function mockErpCommand(): Command {
  return new Command('mock-erp')
    .description('Run the mock ERP that the samples write to (loopback only, no credential)')
    .action(async () => {
      const config = readConfig(process.env);
      const erp = await startMockErp({
        dataDir: join(config.dataDir, 'mock-erp'),
        port: config.mockErpPort,
      }).catch((error: unknown) => {
        throw portTaken(error, config.mockErpPort, 'EXECUTION_LAYER_MOCK_ERP_PORT');
      });
      process.stdout.write(`Mock ERP listens on ${erp.url}\n`);
      await untilSignal();
      await erp.close();
    });
}
