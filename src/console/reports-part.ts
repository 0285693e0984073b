import { html, type Html } from '../base/html.ts';
import type { Lang } from '../base/lang.ts';
import type { AttemptReport, Refund, ReportSource, ToldReport } from '../cashier/payment.ts';
import type { Currency } from '../money/money.ts';
import { amountText, chip, time } from './parts.ts';
import type { Visitor } from './visitor.ts';

/** Whoever reads it. */
type Reader = Pick<Visitor, 'lang' | 'say'>;

/** Everything that a wallet told of its own discounts of a payment and of its refunds, as it came; nothing where it told nothing. */
export function renderReports(
  visitor: Reader,
  currency: Currency,
  reported: AttemptReport | null,
  refunds: readonly Refund[],
): Html {
  const { say } = visitor;
  const title = say('钱包上报的优惠', 'What the wallet told of its discounts');
  const told = reported?.told ?? [];
  const ofRefunds = refunds.filter((refund) => (refund.reported?.told.length ?? 0) > 0);
  return html`${told.length > 0 && html`<h4>${title}</h4>${renderTold(visitor, currency, told, reported?.counts ?? null)}`}${ofRefunds.map(
    ({ id, amountMinor, reported: ofRefund }) =>
      html`<h4>${title}${say('：退款 ', ': refund of ')}${amountText(currency, amountMinor)}</h4><p class="fine"><span class="mono">${id}</span></p>${renderTold(visitor, currency, ofRefund?.told ?? [], ofRefund?.counts ?? null)}`,
  )}`;
}

function renderTold(visitor: Reader, currency: Currency, told: readonly ToldReport[], counts: number | null): Html {
  const { say } = visitor;
  return html`<ul data-testid="reports">${told.map(
    (one, index) =>
      html`<li>${time(one.heardAt, say('时间未记', 'time not kept'))} · ${sourceText(visitor, one.source)} ${index === counts ? chip('good', say('以此为准', 'counts')) : chip('off', say('不作数', 'does not count'))}<br>${contentText(visitor, currency, one)}</li>`,
  )}</ul>`;
}

function contentText({ say }: Reader, currency: Currency, { buyerMinor, discounts }: ToldReport): string {
  const parts = discounts.map(
    ({ name, walletOfferId, minor }) => `${name || walletOfferId} ${amountText(currency, minor)}`,
  );
  if (buyerMinor !== null) parts.push(`${say('买家本人', 'the buyer')} ${amountText(currency, buyerMinor)}`);
  return parts.join(say('，', ', '));
}

function sourceText({ lang }: Reader, source: ReportSource | null): string {
  return SOURCES[source ?? 'unkept'][lang];
}

const SOURCES: Readonly<Record<ReportSource | 'unkept', Record<Lang, string>>> = {
  reply: { 'zh-CN': '应答', en: 'its reply' },
  notification: { 'zh-CN': '通知', en: 'a notification' },
  poll: { 'zh-CN': '我方查询', en: 'asked by us' },
  cancel: { 'zh-CN': '关单时', en: 'when it was to be closed' },
  unkept: { 'zh-CN': '来源未记', en: 'not kept how' },
};
