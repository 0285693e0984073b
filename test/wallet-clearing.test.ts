import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Clock } from '../src/base/clock.ts';
import { listClearingBreaks, showClearingDay } from '../src/clearing/read-clearing.ts';
import type { AddedPerson } from '../src/sandbox/bank/bank.ts';
import { checkMovesAgainstLedger } from '../src/transfers/check-moves.ts';
import { addDays } from '../src/base/shanghai.ts';
import { endOfSettlementDay, settlementDayOf } from '../src/transfers/settlement-day.ts';
import { eventually } from './server.ts';
import { type Browser, startWalletServer, type WalletTestServer } from './wallet-server.ts';
import { openShop, type TestShop } from './wallet-shop.ts';

/*
 * Clearing of a whole wallet against the pretend switch's files, fetched over HTTP: what went well, what was taken back on its own day,
 * what was taken back days later, what nobody knew, a purchase and its refund.
 */

/** The machine's clock, some time ahead: the wallet, its clearing and the pretend banks all live by it. */
class LeapingClock implements Clock {
  #aheadMs = 0;
  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }
  leapTo(at: Date): void {
    this.#aheadMs = at.getTime() - Date.now();
  }
}

const START_FEN = 50_000_000n;
const CNY = (minor: number) => ({ currency: 'CNY' as const, minor: String(minor) });

const clock = new LeapingClock();
let server: WalletTestServer;
let shop: TestShop;
let person: AddedPerson;
let browser: Browser;
let mine: string[];

beforeAll(async () => {
  // Early on a day of the switch, so that nothing below meets its end by chance.
  const today = settlementDayOf(new Date());
  clock.leapTo(new Date(endOfSettlementDay(today).getTime() + 3_600_000));
  server = await startWalletServer({ clock });
  shop = await openShop(server, () => clock.now());
  person = server.bank.addPerson({
    name: '陈小满',
    phone: '13700000021',
    cards: [
      { bank: 'ICBC', kind: 'debit', balanceFen: START_FEN, limits: 'none' },
      { bank: 'CMB', kind: 'debit', balanceFen: START_FEN, limits: 'none' },
    ],
  });
  browser = await server.signUp(person.person.phone);
  mine = [await server.bind(browser, person, 0), await server.bind(browser, person, 1)];
});
afterAll(async () => {
  await shop.stop();
  await server.close();
});

/** Days have passed: the session is over. */
async function signInAgain(): Promise<void> {
  const { phone } = person.person;
  browser = server.browser();
  let codeId = '';
  const code = await server.codeTo(phone, async () => {
    codeId = (await browser.call('POST /api/sign-in/code', { body: { phone, lang: 'zh-CN' } })).code_id;
  });
  const body = { code_id: codeId, phone, code, device_name: 'test', lang: 'zh-CN' } as const;
  await browser.call('POST /api/sign-in', { body });
}

async function transfer(minor: number): Promise<string> {
  const quote = await browser.call('POST /api/quotes', {
    body: {
      kind: 'transfer',
      from_card_ids: [mine[0] ?? ''],
      payee: { kind: 'own_card', card_id: mine[1] ?? '' },
      amount: CNY(minor),
      arrival: 'instant',
      note: '',
    },
  });
  const proof = await browser.prove({ kind: 'transfer', subject: quote.quote_id, detail: null }, person.person.phone);
  const { data } = await browser.call('POST /api/transfers', { body: { quote_id: quote.quote_id, proof } });
  return data[0]?.move_id ?? '';
}

/** Bought and paid with the first card; answers the order's number. */
async function purchase(minor: number): Promise<string> {
  const no = shop.freshNo();
  const order = await shop.order(no, minor);
  const token = String(order['web_url']).slice(`${server.url}/pay/`.length);
  const detail = mine[0] ?? '';
  const proof = await browser.prove({ kind: 'purchase', subject: token, detail }, person.person.phone);
  await browser.call('POST /api/orders/:token/pay', { params: { token }, body: { card_id: detail, proof } });
  return no;
}

const states = async (ids: readonly string[]) => {
  const found = await server.wallet.transfers.find(server.wallet.book, ids);
  return ids.map((id) => found.get(id)?.state);
};
const reach = (what: string, id: string, state: string) =>
  eventually(what, async () => (await states([id]))[0] === state);

/** Goes to the end of the day of the switch and waits until the server has cleared it by itself. Answers the day. */
async function clearDay(day = settlementDayOf(clock.now())): Promise<string> {
  clock.leapTo(new Date(endOfSettlementDay(day).getTime() + 301_000));
  await eventually(`${day} is compared`, async () => {
    const shown = await showClearingDay(server.hutong.sql, server.wallet.book, day).catch(() => null);
    return shown?.day.state === 'compared';
  });
  return day;
}

const breaksOf = async (day: string) =>
  (
    await listClearingBreaks(server.hutong.sql, {
      book: server.wallet.book,
      day,
      state: null,
      after: null,
      itemsMax: 99,
    })
  ).breaks.map(({ kind, cause, state, ours, theirs }) => ({ kind, cause, state, ours, theirs }));

/** The third column from the left of the switch's file is the message's number, the ninth its kind. */
const kindsIn = (day: string) =>
  server.bank
    .dayLines(day)
    .map((line) => line.split(/ +/))
    .map((columns) => columns.find((column) => /^0[24][02]0$/.test(column)) ?? '')
    .sort();

test('files of the switch, fetched over HTTP, agree with moves, books and banks to the fen, day after day', async () => {
  const { bank } = server;
  const well = await transfer(1_000_00);
  await reach('a transfer that goes well', well, 'succeeded');

  // Done and not believed, and back on its own day: in no file.
  bank.setFault({ kind: 'wrong_mac', operation: 'transfer_out', times: 1 });
  const sameDay = await transfer(20_00);
  await reach('a debit that is taken back at once', sameDay, 'failed');

  const bought = await purchase(88_00);
  expect((await shop.refund(bought, 8_00))['state']).toBe('succeeded');

  // Nobody knows of this credit, whatever is asked: only files can tell that it was never done.
  bank.setFault({ kind: 'decline', operation: 'transfer_in', value: '96', times: 1 });
  const neverGiven = await transfer(300_00);
  await reach('a credit of which nobody knows', neverGiven, 'crediting');

  // Done and not believed, and its reversal is not answered before the day is over.
  bank.setFault({ kind: 'wrong_mac', operation: 'transfer_out', times: 1 });
  bank.setFault({ kind: 'decline', operation: 'reversal', value: '96' });
  const nextDay = await transfer(40_00);
  await reach('a reversal that is not answered', nextDay, 'reversing');

  const first = await clearDay();
  expect(await breaksOf(first)).toEqual([]);
  // Three transfers' debits, one credit, the purchase, its refund.
  expect(kindsIn(first)).toEqual(['0200', '0200', '0200', '0200', '0200', '0220']);
  bank.clearFaults();
  await eventually('it is back on the next day', async () => {
    clock.leapTo(new Date(clock.now().getTime() + 30_000));
    return (await states([nextDay]))[0] === 'failed';
  });
  expect((await shop.refund(bought, 80_00))['state']).toBe('succeeded');

  const days = [first, await clearDay()];
  expect(kindsIn(days[1] ?? '')).toEqual(['0220', '0420']);
  // As long as the credit is sent again nothing is proved; a whole day after its last sending it is.
  for (let n = 0; n < 5 && (await states([neverGiven]))[0] === 'crediting'; n++) days.push(await clearDay());
  await reach('what was never given is back', neverGiven, 'failed');
  const back = await clearDay();
  expect(kindsIn(back)).toEqual(['0420']);
  days.push(back);

  expect(days).toEqual(days.map((_, n) => addDays(first, n)));
  for (const day of days) {
    expect({ day, breaks: await breaksOf(day) }).toEqual({ day, breaks: [] });
    const { day: shown, sums } = await showClearingDay(server.hutong.sql, server.wallet.book, day);
    expect(shown).toMatchObject({ state: 'compared', matchedCount: shown.rowsCount });
    for (const sum of sums)
      expect([sum.fileMinor, sum.ledgerMinor, sum.effectsMinor]).toEqual([sum.legsMinor, sum.legsMinor, 0n]);
  }
  expect(person.cards.map(({ number }) => bank.balanceOf(number))).toEqual([
    START_FEN - 1_000_00n,
    START_FEN + 1_000_00n,
  ]);
  expect(bank.isBalanced()).toBe(true);
  const check = await checkMovesAgainstLedger(
    { sql: server.hutong.sql, ledger: server.hutong.ledger },
    server.wallet.book,
  );
  expect(check.accounts.filter(({ movesMinor, ledgerMinor }) => movesMinor !== ledgerMinor)).toEqual([]);
  expect(check.accounts.every(({ ledgerMinor }) => ledgerMinor === 0n)).toBe(false);
  expect(server.errors).toEqual([]);
});

test('a debit that nobody heard of, and that is taken back between the end of its day and its file, is a break that the next file ends', async () => {
  const { bank } = server;
  await signInAgain();
  bank.setFault({ kind: 'wrong_mac', operation: 'transfer_out', times: 1 });
  bank.setFault({ kind: 'decline', operation: 'reversal', value: '96' });
  const move = await transfer(70_00);
  await reach('a reversal that is not answered', move, 'reversing');
  const day = settlementDayOf(clock.now());
  clock.leapTo(new Date(endOfSettlementDay(day).getTime() + 1000));
  await eventually('the switch has begun its next day', async () => bank.settlementDay() > day);
  bank.clearFaults();
  await eventually('it is back before the file is read', async () => {
    clock.leapTo(new Date(Math.min(clock.now().getTime() + 10_000, endOfSettlementDay(day).getTime() + 200_000)));
    return (await states([move]))[0] === 'failed';
  });
  await clearDay(day);
  expect(kindsIn(day)).toEqual(['0200']);
  expect(await breaksOf(day)).toMatchObject([{ cause: 'reversed_here', state: 'open' }]);
  const next = await clearDay();
  expect(kindsIn(next)).toEqual(['0420']);
  expect(await breaksOf(next)).toEqual([]);
  expect(await breaksOf(day)).toMatchObject([{ cause: 'reversed_here', state: 'resolved' }]);
  expect(bank.isBalanced()).toBe(true);
});
