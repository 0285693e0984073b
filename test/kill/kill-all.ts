import type { Embedded } from '../../src/db/embedded.ts';
import type { PretendWallets } from '../pretend-wallets.ts';
import type { Dice } from './dice.ts';
import { killPostgres } from './kill-postgres.ts';
import type { ServerUnderFire } from './server-under-fire.ts';

export interface Kills {
  server: number;
  postgres: number;
  pauses: number;
}

/** Who dies, and what goes on around it. */
export interface Battlefield {
  server: ServerUnderFire;
  postgres: Embedded;
  /** How much has been acknowledged by now. */
  countWork: () => number;
  /** A new day of faults in the world outside, in place of the last. */
  disturb: () => void;
  /** Nothing outside goes wrong any more. */
  calm: () => void;
  /** For how long nobody serves, by the clock of the world: then every lease of the dead one is over. */
  outageMs: number;
  /** The longest wait for work between two kills, on the machine's clock. */
  waitMsMax: number;
}

const PAUSE_MS = 2_000;

/**
 * Two of three kills hit the server, each third one PostgreSQL under a server that lives on; half-way the server stands still
 * for two seconds. Ends with a server that runs.
 */
export async function killAll(dice: Dice, field: Battlefield, killsMax: number): Promise<Kills> {
  const { server, postgres, outageMs } = field;
  const kills: Kills = { server: 0, postgres: 0, pauses: 0 };
  let starting = Promise.resolve();
  for (let kill = 1; kill <= killsMax; kill++) {
    field.disturb();
    await waitForWork(dice, field);
    if (kill % 3 === 0) {
      await killPostgres(postgres);
      kills.postgres += 1;
    } else {
      await server.kill();
      kills.server += 1;
      await server.callsEnded();
      server.leap(outageMs);
      starting = Promise.all([starting, server.start()]).then(() => undefined);
      // One start in four may be killed before it is through.
      if (!dice.isBelow(0.25) || kill === killsMax) await starting;
    }
    if (kill === Math.ceil(killsMax / 2)) {
      server.signal('SIGSTOP');
      await pause(PAUSE_MS);
      server.signal('SIGCONT');
      kills.pauses += 1;
    }
  }
  await starting;
  field.calm();
  server.leap(outageMs);
  return kills;
}

/** However slow the machine: there is work between two kills, and the moment of the next is nobody's choice. */
async function waitForWork(dice: Dice, { countWork, waitMsMax }: Battlefield): Promise<void> {
  const enough = countWork() + (dice.isBelow(0.2) ? 0 : dice.between(5, 25));
  const endsMs = performance.now() + waitMsMax;
  while (countWork() < enough && performance.now() < endsMs) await pause(20);
  await pause(dice.between(0, 150));
}

/**
 * Every wallet is slow; some do nothing and say nothing, answer a page, or do what they were asked and then hang up, sign it
 * wrongly or name another amount; notifications are lost or come twice.
 */
export function disturbWallets(dice: Dice, wallets: PretendWallets): void {
  wallets.clearFaults();
  for (const { sandbox } of wallets.all) {
    for (const operation of ['pay', 'query', 'refund', 'cancel'] as const) {
      sandbox.setFault({ operation, kind: 'slow', value: dice.between(20, 200), times: 2 });
      if (!dice.isBelow(0.3)) continue;
      const kind = dice.pick(['drop_after', 'drop_after', 'silent', 'html', 'bad_signature', 'wrong_amount'] as const);
      sandbox.setFault({ operation, kind, times: 1 });
    }
    if (dice.isBelow(0.3)) sandbox.setFault({ operation: 'notify', kind: 'duplicate', times: 2 });
    if (dice.isBelow(0.2)) sandbox.setFault({ operation: 'notify', kind: 'silent', times: 2 });
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
