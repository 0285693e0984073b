import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import type { SimulatorOptions } from '../src/sandbox/wallets/ground/simulator.ts';
import { type SimulatorName, simulators, type WalletSimulator } from '../src/sandbox/wallets/simulators.ts';

/* The simulator of the wallet that the first argument names, as a process of its own; it keeps nothing. */
const start: (options: SimulatorOptions) => Promise<WalletSimulator> = simulators[process.argv[2] as SimulatorName]; // named by payments-load.ts
const sandbox = await start({
  port: 0,
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
  dataDir: null,
});
process.on('disconnect', () => process.exit()); // whoever asked is gone
process.on('message', () => process.send?.({ cpu: process.cpuUsage() }));
process.send?.({ merchantSettings: sandbox.merchantSettings, url: sandbox.url });
