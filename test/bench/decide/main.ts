import { thisMachine } from '../format';
import { progress, runBench } from '../run';
import { cedar } from './cedar';
import { benchCore } from './core-bench';
import type { Engine } from './engine';
import { benchHttp } from './http-bench';
import { jsonRules } from './json-rules';
import { HELP, readOptions } from './options';
import { ours } from './ours';
import { ensurePeers, type Peers } from './peers';
import { table, type DecideResult } from './report';

runBench(async (dataDir) => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(HELP);
    return;
  }
  const result: DecideResult = { machine: thisMachine(), notMeasured: [] };
  let peers: Peers | undefined;
  try {
    peers = await ensurePeers(progress);
  } catch (error) {
    result.notMeasured.push(`the peers, which cannot be installed: ${(error as Error).message}`);
  }
  const { rounds, seconds, milliseconds } = options;
  if (options.parts.includes('core')) {
    const others = peers && [
      cedar(peers.cedar),
      jsonRules(peers.jsonRules, false),
      jsonRules(peers.jsonRules, true),
    ];
    const engines = [ours(), ...(others ?? [])];
    result.core = await benchCore({
      engines: engines as Engine[],
      rounds,
      milliseconds,
      progress,
    });
  }
  if (options.parts.includes('http') && peers) {
    if (peers.cerbos === undefined) {
      const platform = `${process.platform}-${process.arch}`;
      result.notMeasured.push(`the service beside Cerbos: no Cerbos is published for ${platform}`);
    } else {
      result.http = await benchHttp({ cerbos: peers.cerbos, dataDir, rounds, seconds, progress });
    }
  }
  console.log(options.json ? JSON.stringify(result, null, 2) : table(result));
});
