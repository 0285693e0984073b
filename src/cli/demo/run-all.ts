import { join } from 'node:path';
import { Hutong, type Payment } from '../../../sdk/src/index.ts';
import type { SimulatorOptions } from '../../sandbox/wallets/ground/simulator.ts';
import { simulators, type SimulatorName, type WalletSimulator } from '../../sandbox/wallets/simulators.ts';
import type { Payer, Scene } from '../../wallets/wallet.ts';
import { wallets } from '../../wallets/registry.ts';
import { CliError, type CliDeps, type Server } from '../command.ts';
import { createLifetime, type Lifetime, StopAsked } from '../lifetime.ts';
import { layOut, toJson } from '../print.ts';
import { SIMULATOR_NAMES } from '../settings.ts';
import { createStyle } from '../style.ts';
import { askPayer } from './ask-payer.ts';
import { DEMO_HOST, makeSettings, openMerchant, startDatabase, startServer } from './demo-server.ts';
import { createPatience, type Patience } from './patience.ts';
import { type Ledgered, mark, readLedger } from './prove.ts';
import { takeAction } from './take-action.ts';

/** How one order went: through one wallet, in one place where a buyer can be. */
interface Told {
  wallet: SimulatorName;
  scene: Scene;
  /** What the buyer's side was asked to do. */
  action: string;
  state: Payment['state'];
  /** What the wallet's own books have for it. */
  wallet_fen: string;
  refunded_fen: string;
  ms: number;
  right: boolean;
}

interface AllWorld {
  deps: CliDeps;
  server: Server;
  hutong: Hutong;
  merchantId: string;
  running: Readonly<Record<SimulatorName, WalletSimulator>>;
  /** The ids of the shop's accounts at the wallets. */
  accounts: Readonly<Record<SimulatorName, string>>;
  patience: Patience;
}

const PRICE_FEN = 1_980n;
const BACK_FEN = 480n;
const NOTIFY_DELAYS_MS = [0, 500, 1000, 2000];
const REFUND_DELAY_MS = 50;

/**
 * Pays one order with each wallet in each scene that it has, gives a part of each back, and compares every wallet's books with
 * the ledger; on a server of its own. @throws CliError when anything differs
 */
export async function runAll(deps: CliDeps, isJson: boolean): Promise<void> {
  const { terminal } = deps;
  const life = createLifetime(terminal);
  try {
    if (!isJson)
      terminal.print('每个钱包、每种场景各付一笔  One order with each wallet, in each place a buyer can be\n');
    const world = await openAllWorld(deps, life, isJson);
    const told: Told[] = [];
    const orders = SIMULATOR_NAMES.flatMap((wallet) => wallets[wallet].can.scenes.map((scene) => ({ wallet, scene })));
    for (const { wallet, scene } of orders) told.push(await payOne(world, wallet, scene));
    await tell(world, told, isJson);
  } catch (error) {
    throw error instanceof StopAsked ? new CliError('Stopped before the end; everything was cleaned up.') : error;
  } finally {
    await life.end();
  }
}

async function openAllWorld(deps: CliDeps, life: Lifetime, isJson: boolean): Promise<AllWorld> {
  const { clock, random, terminal } = deps;
  const log = deps.makeLog('error');
  const settings = await makeSettings(deps, life, false);
  const database = (await startDatabase(settings, life, log)).value;
  if (!isJson) terminal.note('启动五个钱包的模拟器 Starting five simulators …');
  const started = await Promise.all(
    SIMULATOR_NAMES.map(async (name) => {
      const options = { port: 0, clock, random, log, dataDir: join(settings.dataDir, name) };
      const delays = { notifyDelaysMs: NOTIFY_DELAYS_MS, refundDelayMs: REFUND_DELAY_MS };
      const start: (options: SimulatorOptions) => Promise<WalletSimulator> = simulators[name];
      const simulator = await life.own(
        () => start({ ...options, ...delays }),
        (opened) => opened.stop(),
      );
      return [name, simulator] as const;
    }),
  );
  const url = `http://${DEMO_HOST}:${settings.port}`;
  const server = await startServer(deps, { settings, database, url, life });
  const { merchant, key } = await openMerchant(deps, server);
  const hutong = new Hutong({ baseUrl: url, apiKey: key.token.reveal() });
  const accounts = await Promise.all(
    started.map(async ([wallet, simulator]) => {
      const settings = { ...simulator.merchantSettings };
      return [wallet, (await hutong.walletAccounts.create({ wallet, label: 'sandbox', settings })).id] as const;
    }),
  );
  return {
    deps,
    server,
    hutong,
    merchantId: merchant.id,
    running: Object.fromEntries(started) as AllWorld['running'], // one for every name, and so below
    accounts: Object.fromEntries(accounts) as AllWorld['accounts'],
    patience: createPatience(clock, life),
  };
}

/** From the shop's order to the wallet's and our own books saying the same. */
async function payOne(world: AllWorld, wallet: SimulatorName, scene: Scene): Promise<Told> {
  const { hutong, deps, patience } = world;
  const simulator = world.running[wallet];
  const startedMs = deps.clock.now().getTime();
  const payment = await hutong.payments.create({
    order_no: `ALL-${wallet}-${scene}`,
    amount: { currency: 'CNY', minor: PRICE_FEN },
    subject: '明前龙井 50 克',
    return_url: 'https://shop.example/orders/1',
  });
  const wish = { book: deps.book, merchantId: world.merchantId };
  const payer =
    scene === 'jsapi' ? await askPayer(world.server.cashier, { ...wish, wallet, paymentId: payment.id }) : null;
  const attempt = await hutong.payments.attempts.create(payment.id, {
    wallet,
    scene,
    buyer_ip: '203.0.113.7',
    ...(scene === 'code' ? { payment_code: simulator.paymentCode('asks_pin') } : {}),
    ...(payer === null ? {} : { payer: toShown(payer) }),
  });
  const orderNo = attempt.id.slice('att_'.length);
  if (attempt.outcome === 'failed' || attempt.outcome === 'unknown')
    throw new CliError(`${wallet} ${scene}: ${attempt.failure?.reason ?? 'the wallet gave no answer'}.`);
  await takeAction(simulator.url, attempt.next_action);
  simulator.pay(orderNo);
  const paid = await patience(`${wallet} ${scene} to succeed`, async () => {
    const seen = await hutong.payments.get(payment.id);
    return seen.state === 'succeeded' ? seen : null;
  });
  const ms = deps.clock.now().getTime() - startedMs;
  const refund = await hutong.refunds.create(payment.id, { amount: { currency: 'CNY', minor: BACK_FEN } });
  await patience(`the refund of ${wallet} ${scene}`, async () => {
    const { state } = await hutong.refunds.get(refund.id);
    if (state === 'failed') throw new CliError(`${wallet} ${scene}: the refund failed.`);
    return state === 'succeeded' ? true : null;
  });
  const [theirs] = simulator.orders({ orderNo });
  const [walletFen, refundedFen] = [theirs?.amount_fen ?? '0', theirs?.refunded_fen ?? '0'];
  return {
    wallet,
    scene,
    action: attempt.next_action?.type ?? 'PIN',
    state: paid.state,
    wallet_fen: walletFen,
    refunded_fen: refundedFen,
    ms,
    right: BigInt(walletFen) === PRICE_FEN && BigInt(refundedFen) === BACK_FEN,
  };
}

function toShown(payer: Payer): { id: string; wallet_app?: string } {
  return { id: payer.id, ...(payer.walletApp === null ? {} : { wallet_app: payer.walletApp }) };
}

/** Whether each wallet's totals are what our ledger has received and given back there, to the fen. */
function booksAgree(world: AllWorld, ledger: Ledgered): boolean {
  return SIMULATOR_NAMES.every((name) => {
    const ours = ledger.balances.find((row) => row.kind === 'wallet_receivable' && row.owner === world.accounts[name]);
    const theirs = world.running[name].totals();
    const sum = (pick: (row: (typeof theirs)[number]) => string): bigint =>
      theirs.reduce((total, row) => total + BigInt(pick(row)), 0n);
    return ours?.debits === sum((row) => row.paid_fen) && ours.credits === sum((row) => row.refunded_fen);
  });
}

async function tell(world: AllWorld, told: readonly Told[], isJson: boolean): Promise<void> {
  const { terminal } = world.deps;
  const style = createStyle(terminal.hasColour);
  const ledger = await readLedger(world, world.deps.book);
  const agree = booksAgree(world, ledger);
  const isEven = ledger.debits === ledger.credits && ledger.chain.isRight;
  const isRight = told.every((row) => row.right) && agree && isEven;
  if (isJson) {
    for (const row of told) terminal.print(toJson(row));
    terminal.print(toJson({ orders: told.length, books_agree: agree, ledger_right: isEven, right: isRight }));
  } else {
    const [head = '', ...lines] = layOut(told, [
      { title: '钱包 Wallet', show: (row) => row.wallet },
      { title: '场景 Scene', show: (row) => row.scene },
      { title: '买家做什么 Next action', show: (row) => row.action },
      { title: '付款 Payment', show: (row) => row.state },
      { title: '钱包账 Their books, fen', show: (row) => `${row.wallet_fen} − ${row.refunded_fen}`, right: true },
      { title: 'ms', show: (row) => String(row.ms), right: true },
    ]);
    terminal.print(`  ${style.strong(head)}`);
    lines.forEach((line, index) => terminal.print(`${mark(style, told[index]?.right === true)} ${line}`));
    terminal.print('');
    terminal.print(`${mark(style, agree)} 每个钱包的总账与我方账本一致 Each wallet's totals equal our ledger's`);
    terminal.print(`${mark(style, isEven)} 借贷平衡、哈希链完好 Debits equal credits, the hash chain is whole`);
    terminal.print(`\n${told.length} 笔订单 orders. 模拟器 simulators: no real money.`);
  }
  if (!isRight) throw new CliError('The books differ: see the lines marked with ✗.');
}
