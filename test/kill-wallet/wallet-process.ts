import { appendFileSync } from 'node:fs';
import { inspect } from 'node:util';
import type { Log } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { openHutong } from '../../src/hutong.ts';
import { becomeKillable } from '../kill/killable.ts';
import { toOptions, type WalletHow } from './wallet-how.ts';

/* A whole Hutong with its wallet as a process that can be killed. Whatever it logs, at any level and whole, is kept in a file. */

becomeKillable(async ({ clock, tellError }, given) => {
  const how = given as WalletHow; // from wallet-world.ts
  const keep = (facts: object, message: string): void =>
    appendFileSync(
      how.logFile,
      `${message} ${inspect(facts, { depth: 8, maxStringLength: null, breakLength: Infinity })}\n`,
    );
  const log: Log = {
    debug: keep,
    info: keep,
    warn: keep,
    error(facts, message) {
      keep(facts, message);
      tellError(facts, message);
    },
  };
  const hutong = await openHutong(toOptions(how, { clock, random: systemRandom, log }));
  await hutong.wallet?.app.listen({ port: how.port, host: '127.0.0.1' });
  hutong.startWork();
});
