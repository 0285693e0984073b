import { type Currency, formatMoney, money } from '../money/money.ts';
import { describeCampaign } from '../offers/describe-campaign.ts';
import { readCampaign } from '../offers/read-campaign.ts';
import type { ShownOffer, ShownOfferInFull, ShownVoucher } from '../offers/show-offer.ts';
import type { Terminal } from './command.ts';
import { layOut, printRows } from './print.ts';

/** Offers as a table: what each is, whose, and how it stands. */
export function printOffers(terminal: Terminal, isJson: boolean, offers: readonly ShownOffer[]): void {
  printRows(
    terminal,
    isJson,
    offers,
    [
      { title: 'ID', show: (row) => row.id },
      { title: 'NAME', show: (row) => nameOf(row.campaign) },
      { title: 'KIND', show: (row) => kindOf(row.campaign) },
      { title: 'WHOSE', show: (row) => row.merchant_id ?? 'everybody' },
      { title: 'STATE', show: (row) => row.state },
      { title: 'VERSION', show: (row) => `${row.version}`, right: true },
      { title: 'SINCE', show: (row) => row.updated_at },
    ],
    'There is no offer: hutong offer publish <file>',
  );
}

/** One offer in plain words, with its tables. */
export function printOffer(terminal: Terminal, offer: ShownOfferInFull): void {
  printOffers(terminal, false, [offer]);
  const reading = readCampaign(offer.campaign);
  terminal.print('');
  if (reading.kind === 'campaign')
    for (const line of describeCampaign(reading.campaign)) terminal.print(`  ${line.en}`);
  const currency: Currency = reading.kind === 'campaign' ? reading.campaign.currency : 'CNY';
  const amount = (minor: string): string => formatMoney(money(currency, BigInt(minor)));
  const figure = (unit: string, value: string): string => (unit === 'money' ? amount(value) : value);
  section(
    terminal,
    'Limits',
    layOut(offer.usage ?? [], [
      { title: 'LIMIT', show: (row) => row.limit },
      { title: 'MOST', show: (row) => figure(row.unit, row.max), right: true },
      { title: 'USED', show: (row) => figure(row.unit, row.used), right: true },
      { title: 'HELD', show: (row) => figure(row.unit, row.held), right: true },
      { title: 'LEFT', show: (row) => figure(row.unit, row.left), right: true },
    ]),
  );
  section(
    terminal,
    'Cost',
    layOut(offer.cost, [
      { title: 'DAY', show: (row) => row.day },
      { title: 'PAID BY', show: (row) => `${row.funder} ${row.owner}` },
      { title: 'GRANTED', show: (row) => amount(row.granted), right: true },
      { title: 'TAKEN BACK', show: (row) => amount(row.taken_back), right: true },
      { title: 'PAYMENTS', show: (row) => `${row.payments}`, right: true },
    ]),
  );
  section(
    terminal,
    'Who did what',
    layOut(offer.moves ?? [], [
      { title: 'AT', show: (row) => row.at },
      {
        title: 'WHAT',
        show: (row) => (row.vouchers_count === null ? row.move : `${row.move} (${row.vouchers_count})`),
      },
      { title: 'VERSION', show: (row) => `${row.version}`, right: true },
      { title: 'BY', show: (row) => row.by },
      { title: 'WHY', show: (row) => row.reason ?? '-' },
    ]),
  );
}

/** Vouchers; with their codes where they were just issued. */
export function printVouchers(
  terminal: Terminal,
  isJson: boolean,
  vouchers: readonly (ShownVoucher & { code?: string })[],
): void {
  printRows(
    terminal,
    isJson,
    vouchers,
    [
      { title: 'CODE', show: (row) => row.code ?? `…${row.tail}` },
      { title: 'ID', show: (row) => row.id },
      { title: 'FOR', show: (row) => (row.bound ? 'one buyer' : 'anybody') },
      { title: 'STATE', show: (row) => row.state ?? 'unused' },
      { title: 'UNTIL', show: (row) => row.valid_until ?? '-' },
    ],
    'The offer has no voucher yet: hutong offer vouchers <offer> --count 10',
  );
}

/** A heading and its table; nothing where the table is empty. */
function section(terminal: Terminal, title: string, lines: readonly string[]): void {
  if (lines.length < 2) return;
  terminal.print('');
  terminal.print(title);
  for (const line of lines) terminal.print(`  ${line}`);
}

function nameOf(campaign: unknown): string {
  const reading = readCampaign(campaign);
  return reading.kind === 'campaign' ? reading.campaign.name['zh-CN'] : '-';
}

function kindOf(campaign: unknown): string {
  const reading = readCampaign(campaign);
  if (reading.kind !== 'campaign') return '-';
  return reading.campaign.by === 'wallet' ? `${reading.campaign.kind}, the wallet's own` : reading.campaign.kind;
}
