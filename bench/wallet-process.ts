import { CardNumber } from '../src/base/card-number.ts';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { Secret } from '../src/base/secret.ts';
import type { LegRequest } from '../src/bank/rail.ts';
import { toBankSettings } from '../src/cli/wallet-sandbox.ts';
import { BOOK, openHutong } from '../src/hutong.ts';
import { money } from '../src/money/money.ts';
import type { HutongWallet } from '../src/open-wallet.ts';
import type { MemberSettings } from '../src/sandbox/bank/bank.ts';
import { type PhoneSandbox, startPhoneSandbox } from '../src/sandbox/phone/phone.ts';
import { checkMovesAgainstLedger } from '../src/transfers/check-moves.ts';
import type { Session } from '../src/users/users.ts';
import type { BenchPerson } from './bank-process.ts';

/*
 * Hutong Wallet as a process of its own, for benchmarks. The parent sends { databaseUrl, memberSettings } and gets back {}; after that it asks.
 * People sign up and bind their cards by the use cases that the app calls; the load is driven inside the process, so that what is measured is
 * the engine and not HTTP.
 */
export type WalletQuestion =
  | { databaseUrl: string; memberSettings: MemberSettings }
  | { bind: BenchPerson[] }
  | { transfers: { count: number; inFlight: number } }
  | { rail: { count: number; inFlight: number } }
  | { balances: { rounds: number } }
  | { ask: 'cpu' | 'check' };

interface Bound {
  session: Session;
  cardIds: string[];
  person: BenchPerson;
}

/** ¥1.00: below the line from which something has to be proved. */
const AMOUNT = money('CNY', 100n);
const COUNT_PER_DAY_MAX = 1_000_000n;
const FEN_PER_DAY_MAX = 999_999_999_999n;
const BINDING_AT_ONCE = 8;
const WAIT_MS = 60_000;
const WALLET_URL = 'http://localhost:4730';

const bound: Bound[] = [];
let wallet: HutongWallet | null = null;
let phone: PhoneSandbox | null = null;
let checkBooks: () => Promise<boolean> = () => Promise.resolve(false);
let nextOne = 0;

process.on('disconnect', () => process.exit()); // whoever asked is gone
process.on('message', (question: WalletQuestion) => {
  answer(question).then(
    (reply) => process.send?.(reply),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function answer(question: WalletQuestion): Promise<object> {
  if ('databaseUrl' in question) return await start(question.databaseUrl, question.memberSettings);
  if ('bind' in question) return await bindAll(question.bind);
  if ('transfers' in question) return await timed(question.transfers, transferOnce);
  if ('rail' in question) return await timed(question.rail, legsOnce);
  if ('balances' in question) return { balancesMs: await lookAtBalances(question.balances.rounds) };
  return question.ask === 'cpu' ? { cpu: process.cpuUsage() } : { agrees: await checkBooks() };
}

async function start(databaseUrl: string, memberSettings: MemberSettings): Promise<object> {
  const ground = { clock: systemClock, random: systemRandom, log: silentLog };
  phone = await startPhoneSandbox({ ...ground, port: 0 });
  const hutong = await openHutong({
    ...ground,
    databaseUrl,
    publicUrl: 'http://127.0.0.1:1',
    masterSecrets: [new Secret(systemRandom.bytes(32).toString('base64'))],
    isSandbox: true,
    wallet: {
      url: WALLET_URL,
      bank: toBankSettings({ memberSettings }),
      sms: { url: phone.smsUrl, secret: new Secret(phone.secret) },
      sandboxPhoneUrl: null,
      testBuyers: null,
    },
  });
  wallet = hutong.wallet;
  hutong.startWork();
  const validFrom = new Date(systemClock.now().getTime() + 500);
  const figures = [
    ['transfer_user_day_count', COUNT_PER_DAY_MAX],
    ['transfer_user_day', FEN_PER_DAY_MAX],
    ['transfer_card_day', FEN_PER_DAY_MAX],
  ] as const;
  for (const [rule, max] of figures)
    await wallet?.limits.setLimitRow({
      rule,
      bank: null,
      accountClass: null,
      setBy: 'hutong',
      min: 0n,
      max,
      source: 'benchmark',
      validFrom,
      by: 'benchmark',
    });
  while (!wallet?.desk.rail.status().isServing) await pause(20);
  await pause(600);
  const { sql, ledger } = hutong;
  checkBooks = async () => (await checkMovesAgainstLedger({ sql, ledger }, BOOK)).agrees;
  return {};
}

async function bindAll(people: readonly BenchPerson[]): Promise<object> {
  const waiting = [...people];
  await Promise.all(
    Array.from({ length: BINDING_AT_ONCE }, async () => {
      for (let person = waiting.pop(); person !== undefined; person = waiting.pop()) bound.push(await bindOne(person));
    }),
  );
  return { bound: bound.length };
}

/** Signed up by phone and code, all cards bound by one tap. */
async function bindOne(person: BenchPerson): Promise<Bound> {
  const { users, cards } = opened();
  const { phone: to } = person;
  const device = { deviceName: 'bench', lang: 'zh-CN' as const, deviceToken: null };
  let codeId = '';
  const code = await codeAfter(to, async () => {
    ({ codeId } = await users.startSignIn({ phone: to, lang: 'zh-CN', origin: to }));
  });
  const { session: fresh } = await users.finishSignIn({ ...device, codeId, phone: to, code });
  // On a device of its first day everything would need a PIN: the engine is measured, not the hashing of PINs.
  const session: Session = { ...fresh, deviceIsNew: false };
  const { requestId, banks } = await cards.findIssuers(session, { name: person.name, idNumber: person.idNumber });
  let picks: string[] = [];
  const bindCode = await codeAfter(to, async () => {
    const found = await cards.findCards(session, { requestId, banks: banks.map(({ bank }) => bank) });
    picks = found.cards.map(({ pick }) => pick);
  });
  const made = await cards.bindFound(session, { requestId, picks, code: bindCode });
  return { session, cardIds: made.map(({ id }) => id), person };
}

async function codeAfter(to: string, work: () => Promise<unknown>): Promise<string> {
  const before = phone?.messagesTo(to).length ?? 0;
  await work();
  return /\d{6}/.exec(phone?.messagesTo(to)[before]?.text ?? '')?.[0] ?? '';
}

/** Quoted, confirmed, taken from one card, given to the other, known to have arrived. */
async function transferOnce(): Promise<void> {
  const { transfers } = opened();
  nextOne += 1;
  const { session, cardIds } = bound[nextOne % bound.length] ?? nobody();
  const turned = Math.floor(nextOne / bound.length) % 2 === 1;
  const [from = '', to = ''] = turned ? [cardIds[1], cardIds[0]] : cardIds;
  const quote = await transfers.quote(session, {
    kind: 'transfer',
    fromCardIds: [from],
    payee: { kind: 'own_card', cardId: to },
    amount: AMOUNT,
    arrival: 'instant',
    note: '',
  });
  const [move] = await transfers.confirm(session, { quoteId: quote.id, proof: null, key: quote.id });
  const ended = move === undefined ? undefined : await transfers.settle(move.id, WAIT_MS);
  if (ended?.state !== 'succeeded') throw new Error(`a transfer is ${ended?.state}: ${ended?.failure}`);
}

/** The floor: the same two messages over the same rail, with nothing recorded. */
async function legsOnce(): Promise<void> {
  const { desk } = opened();
  nextOne += 1;
  const { person } = bound[nextOne % bound.length] ?? nobody();
  const [first, second] = person.numbers.map((text) => CardNumber.read(text));
  if (!first || !second) throw new Error('a person has two cards');
  const [out, into] = await desk.stamps(2);
  if (out === undefined || into === undefined) throw new Error('two stamps were asked for');
  const common = { purpose: 'transfer', amount: AMOUNT, holder: person.name, shop: null, original: null } as const;
  const debit: LegRequest = {
    ...common,
    stamp: out,
    card: { number: first, issuer: '01020000' },
    other: { number: second, name: person.name },
  };
  const credit: LegRequest = {
    ...common,
    stamp: into,
    card: { number: second, issuer: '03080000' },
    other: { number: first, name: person.name },
  };
  const taken = await desk.rail.debit(debit);
  const given = await desk.rail.credit(credit);
  if (taken.kind !== 'approved' || given.kind !== 'approved') throw new Error(`${taken.kind}, ${given.kind}`);
}

/** How long a person with many cards waits until every bank has answered. */
async function lookAtBalances(rounds: number): Promise<number[]> {
  const { cards } = opened();
  const most = [...bound].sort((a, b) => b.cardIds.length - a.cardIds.length)[0] ?? nobody();
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    const balances = await cards.balances(most.session, { isFresh: true });
    times.push(performance.now() - startedAt);
    if (balances.some(({ kind }) => kind !== 'answered')) throw new Error('a bank did not answer');
  }
  return times;
}

async function timed(
  { count, inFlight }: { count: number; inFlight: number },
  run: () => Promise<void>,
): Promise<{ perSecond: number; latenciesMs: number[] }> {
  const latenciesMs: number[] = [];
  let begun = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (begun < count) {
        begun += 1;
        const sentAt = performance.now();
        await run();
        latenciesMs.push(performance.now() - sentAt);
      }
    }),
  );
  return { perSecond: count / ((performance.now() - startedAt) / 1000), latenciesMs };
}

function opened(): HutongWallet {
  if (wallet === null) throw new Error('the wallet was not started');
  return wallet;
}

function nobody(): never {
  throw new Error('nobody has bound a card');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
