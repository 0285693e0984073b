import { NO_BUYER } from '../base/buyer.ts';
import { listAccounts } from '../cashier/add-wallet-account.ts';
import { type Currency, formatMoney, money } from '../money/money.ts';
import { explainApplied, explainNotUsed } from '../offers/explain-offers.ts';
import type { Candidate, QuoteRequest, WalletQuote } from '../offers/offers.ts';
import { openOffers } from '../offers/open-offers.ts';
import { showQuote } from '../offers/show-quote.ts';
import type { WalletName } from '../wallets/wallet.ts';
import { type Command, type Terminal, UsageError } from './command.ts';
import type { Input } from './input.ts';
import { layOut, toJson } from './print.ts';
import { readAmountOption, readCurrency } from './read-money.ts';
import { chooseMerchant, type Operator, withOperator } from './with-operator.ts';

/** What an order would cost with each wallet, and why. */
export const offerQuoteCommand: Command = {
  name: 'offer quote',
  summary: 'Say what an order would cost with each wallet, and why each offer is used or not',
  options: {
    amount: { value: 'amount', what: 'what the order costs, such as 128.00', required: true },
    currency: { value: 'currency', what: 'ISO 4217; CNY when left out' },
    wallets: { value: 'list', what: "some of the shop's wallets, such as unionpay,alipay; all when left out" },
    bank: { value: 'code', what: 'the bank of the card that is paid with, such as ICBC' },
    card: { value: 'kind', what: 'debit or credit' },
    buyer: { value: 'name', what: "the shop's name of the buyer, for limits per buyer" },
    vouchers: { value: 'list', what: 'codes that the buyer brings' },
    merchant: { value: 'id', what: 'at which shop; may be left out while there is only one' },
  },
  json: true,
  notes: ['Nothing is kept or promised. The buyer is taken to have paid here before.'],
  examples: [
    'hutong offer quote --amount 128.00',
    'hutong offer quote --amount 128.00 --wallets unionpay,alipay --bank ICBC --card credit',
  ],
  async run(deps, input) {
    const currency = readCurrency(input.text('currency'));
    const amountMinor = readAmountOption(input.required('amount'), currency) ?? 0n;
    await withOperator(deps, async (operator) => {
      const { sql, clock, random, log, keyring } = operator.cashier;
      const { id } = await chooseMerchant(operator, input.text('merchant'));
      const offers = openOffers({ sql, clock, random, log, keyring, book: operator.book });
      const request: QuoteRequest = {
        book: operator.book,
        merchantId: id,
        currency,
        amountMinor,
        items: [],
        buyer: { ...NO_BUYER, id: input.text('buyer') ?? null },
        vouchers: input.text('vouchers')?.split(',') ?? [],
        firstUse: { merchant: false, wallets: [] },
        candidates: (await walletsOf(operator, id, input)).map((wallet) => toCandidate(wallet, input)),
        at: deps.clock.now(),
      };
      const [quote] = await offers.quote([request]);
      await offers.stop();
      if (quote === undefined) return;
      if (input.json) deps.terminal.print(toJson(showQuote(quote, currency)));
      else printQuotes(deps.terminal, quote.quotes, currency);
    });
  },
};

async function walletsOf(operator: Operator, merchantId: string, input: Input): Promise<WalletName[]> {
  const shown = await listAccounts(operator.cashier, merchantId);
  const accounts = shown as { wallet: WalletName; enabled: boolean }[]; // as the API shows them
  const taken = [...new Set(accounts.filter(({ enabled }) => enabled).map(({ wallet }) => wallet))];
  const wanted = input.text('wallets')?.split(',');
  if (wanted === undefined) return taken;
  const strange = wanted.find((name) => !(taken as string[]).includes(name)); // any text may be asked for
  if (strange !== undefined)
    throw new UsageError(`the shop takes no ${strange}, but ${taken.join(', ') || 'no wallet yet'}`);
  return taken.filter((name) => wanted.includes(name));
}

function toCandidate(wallet: WalletName, input: Input): Candidate {
  const kind = input.text('card') ?? null;
  if (kind !== null && kind !== 'debit' && kind !== 'credit') throw new UsageError('--card is debit or credit');
  return { wallet, bank: input.text('bank') ?? null, cardKind: kind, card: null, instalment: null };
}

function printQuotes(terminal: Terminal, quotes: readonly WalletQuote[], currency: Currency): void {
  const amount = (minor: bigint): string => formatMoney(money(currency, minor));
  if (quotes.length === 0) return terminal.print('The shop takes no such wallet.');
  const table = layOut(quotes, [
    { title: 'WALLET', show: (row) => row.candidate.wallet },
    { title: 'TO PAY', show: (row) => amount(row.toPayMinor), right: true },
    { title: 'SAVED', show: (row) => amount(row.savedMinor), right: true },
    { title: 'MAY SAVE', show: (row) => (row.maySaveMinor === 0n ? '-' : amount(row.maySaveMinor)), right: true },
  ]);
  for (const line of table) terminal.print(line);
  for (const quote of quotes) {
    if (quote.applied.length + quote.notUsed.length === 0) continue;
    terminal.print('');
    terminal.print(quote.candidate.wallet);
    for (const offer of quote.applied)
      terminal.print(`  + ${offer.name['zh-CN']}: ${explainApplied(offer, currency).en}`);
    for (const offer of quote.notUsed)
      terminal.print(`  - ${offer.name['zh-CN']}: ${explainNotUsed(offer, currency).en}`);
    if (!quote.isExact) terminal.print('  (the best that was found: there are more combinations than are looked at)');
  }
}
