import { join } from 'node:path';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { type Embedded, startPostgres } from '../../src/db/embedded.ts';
import { type Hutong, openHutong } from '../../src/hutong.ts';
import type { HutongWallet } from '../../src/open-wallet.ts';
import { type BankSandbox, startBankSandbox } from '../../src/sandbox/bank/bank.ts';
import { type PhoneSandbox, startPhoneSandbox } from '../../src/sandbox/phone/phone.ts';
import type { Dice } from '../kill/dice.ts';
import { LeapingClock } from '../kill/leaping-clock.ts';
import { prepareServer, type ServerUnderFire } from '../kill/server-under-fire.ts';
import { lowPort } from '../kill/world.ts';
import { eventually, temporaryDir } from '../server.ts';
import { buildAppOnce } from '../wallet-server.ts';
import { openShop, type TestShop } from '../wallet-shop.ts';
import { openPeople, type Somebody } from './people.ts';
import { type RailProxy, startRailProxy } from './rail-proxy.ts';
import { toOptions, type WalletHow, walletUrl } from './wallet-how.ts';

export interface WalletWorld {
  clock: LeapingClock;
  postgres: Embedded;
  bank: BankSandbox;
  phone: PhoneSandbox;
  line: RailProxy;
  people: Somebody[];
  shops: TestShop[];
  server: ServerUnderFire;
  how: WalletHow;
  close(): Promise<void>;
}

const PEOPLE = 15;
const SHOPS = 2;
/** The usual figures stop a person after fifty transfers a day; here people are busier. */
const FIGURES = [
  ['transfer_user_day_count', 1_000_000n],
  ['transfer_user_day', 999_999_999_999n],
  ['transfer_card_day', 999_999_999_999n],
  ['repayment_target_month_count', 1_000_000n],
] as const;

/** A figure is entered before it holds. */
const FIGURES_AHEAD_MS = 60_000;

/**
 * A PostgreSQL of its own that starts again when it dies, a wallet that can be killed, a bad line between the two worlds, and in this
 * process all that must not die with them: the banks with their books, the phones, the shops, and the people's memory.
 */
export async function openWalletWorld(dice: Dice): Promise<WalletWorld> {
  const closing: (() => Promise<unknown> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const closeNext of closing.splice(0).reverse()) await closeNext();
  };
  try {
    await buildAppOnce();
    const clock = new LeapingClock(0);
    const folder = await temporaryDir('kill-wallet');
    closing.push(() => folder.remove());
    const postgres = await startPostgres({ dir: `${folder.dir}/postgres`, keepAlive: true });
    closing.push(() => postgres.stop());
    const ground = { clock, random: systemRandom, log: silentLog };
    const bank = await startBankSandbox({ ...ground, port: 0, controlPort: 0, dataDir: null, withPeople: false });
    closing.push(() => bank.stop());
    const phone = await startPhoneSandbox({ ...ground, port: 0 });
    closing.push(() => phone.stop());
    const line = await startRailProxy(dice.fork(), { host: '127.0.0.1', port: bank.port });
    closing.push(() => line.close());
    const { memberSettings: member } = bank;
    const how: WalletHow = {
      databaseUrl: postgres.url,
      port: await lowPort(dice),
      masterSecret: systemRandom.bytes(32).toString('base64'),
      bank: {
        port: line.port,
        institution: member.institution,
        transportKeyHex: member.transport_key_hex,
        filesUrl: member.files_url,
      },
      sms: { url: phone.smsUrl, secret: phone.secret },
      logFile: join(folder.dir, 'wallet.log'),
    };
    const made = await openPeopleAndShops(how, clock, { bank, phone });
    closing.push(() => Promise.all(made.shops.map((shop) => shop.stop())));
    const server = await prepareServer(clock, 'test/kill-wallet/wallet-process.ts', how);
    closing.push(() => server.close());
    await server.start();
    closing.push(() => made.people.forEach(({ call }) => call.stop()));
    return { clock, postgres, bank, phone, line, ...made, server, how, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** By a Hutong in this process that then goes. */
async function openPeopleAndShops(
  how: WalletHow,
  clock: LeapingClock,
  { bank, phone }: { bank: BankSandbox; phone: PhoneSandbox },
): Promise<{ people: Somebody[]; shops: TestShop[] }> {
  const { hutong, wallet } = await openHere(how, clock);
  hutong.startWork();
  const validFrom = new Date(clock.now().getTime() + FIGURES_AHEAD_MS);
  for (const [rule, max] of FIGURES)
    await wallet.limits.setLimitRow({
      rule,
      bank: null,
      accountClass: null,
      setBy: 'hutong',
      min: 0n,
      max,
      source: 'this test',
      validFrom,
      by: 'test',
    });
  clock.leap(FIGURES_AHEAD_MS);
  await eventually('the rail is signed on', async () => wallet.desk.rail.status().isServing);
  const url = walletUrl(how);
  const people = await openPeople(wallet, { bank, phone, url, count: PEOPLE });
  const shops: TestShop[] = [];
  for (let no = 0; no < SHOPS; no++) shops.push(await openShop({ url, wallet }, () => clock.now()));
  await hutong.stop();
  return { people, shops };
}

/** The same wallet in this process, to be asked; nothing of it works by itself until it is started. */
export async function openHere(how: WalletHow, clock: LeapingClock): Promise<{ hutong: Hutong; wallet: HutongWallet }> {
  const hutong = await openHutong(toOptions(how, { clock, random: systemRandom, log: silentLog }));
  if (hutong.wallet === null) throw new Error('the wallet is open');
  return { hutong, wallet: hutong.wallet };
}
