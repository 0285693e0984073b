import { systemClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { systemRandom } from '../../../base/random.ts';
import { startUnionpaySandbox } from './unionpay.ts';

/*
 * The gateway as a process of its own, for tests that kill it. The first argument is its data folder; it sends its
 * merchant's settings and its control address to the parent when it is ready.
 */
const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error('the data folder is missing');
const deps = { clock: systemClock, random: systemRandom, log: silentLog };
startUnionpaySandbox({ port: 0, ...deps, dataDir, refundDelayMs: 20 })
  .then(({ merchantSettings, controlUrl }) => process.send?.({ merchantSettings, controlUrl }))
  .catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  });
