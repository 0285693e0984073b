import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { startUnionpaySandbox } from '../src/sandbox/wallets/unionpay/unionpay.ts';

/* The UnionPay simulator as a process of its own; it keeps nothing. */
const sandbox = await startUnionpaySandbox({
  port: 0,
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
  dataDir: null,
});
process.on('disconnect', () => process.exit()); // whoever asked is gone
process.on('message', () => process.send?.({ cpu: process.cpuUsage() }));
process.send?.({ merchantSettings: sandbox.merchantSettings, controlUrl: sandbox.controlUrl });
