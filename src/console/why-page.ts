import { html, type Html } from '../base/html.ts';
import type { Attempt, Payment, Refund } from '../cashier/payment.ts';
import { explainApplied } from '../offers/explain-offers.ts';
import type { ShownQuote, ShownWalletQuote } from '../offers/show-quote.ts';
import { explainDecision } from '../rollout/explain-decision.ts';
import { plansOf } from '../rollout/plans-of.ts';
import type { Replay } from '../rollout/replay-decision.ts';
import type { PaymentDecision, WalletDecision } from '../rollout/rollouts.ts';
import type { Currency } from '../money/money.ts';
import { payLabel } from '../wallets/wallet-names.ts';
import type { WalletName } from '../wallets/wallet.ts';
import { renderPage } from './frame.ts';
import { amountText, chip, empty, fact, time, walletMark } from './parts.ts';
import { renderReports } from './reports-part.ts';
import type { Visitor } from './visitor.ts';

export interface WhyPage {
  payment: Payment;
  attempts: readonly Attempt[];
  refunds: readonly Refund[];
  shopName: string;
  /** Of each wallet of the decision, same index. */
  replays: readonly Replay[];
  /** The decision as it stands now; null where nothing was decided. */
  now: PaymentDecision | null;
  /** What each wallet would cost now; null where nothing is left to pay. */
  quote: ShownQuote | null;
}

/** One payment: what the rollouts decided of each wallet, which offers count there and why the others do not, and what was promised. */
export function renderWhy(visitor: Visitor, page: WhyPage): string {
  const { say } = visitor;
  const { payment, attempts, shopName } = page;
  const title = say('为什么看得到这些', 'Why these wallets and prices');
  const names = walletsOf(page);
  return renderPage(visitor, {
    title,
    part: 'home',
    path: `/console/payments/${payment.id}/why`,
    body: html`<p class="crumbs"><a href="/console">${say('总览', 'Overview')}</a></p>
<h1>${title}</h1>
<dl class="facts panel">${[
      fact(say('付款', 'Payment'), html`<span class="mono">${payment.id}</span>`, shopName),
      fact(
        say('订单金额', "The order's price"),
        html`<span class="mid">${amountText(payment.currency, payment.amountMinor)}</span>`,
      ),
      fact(say('建立', 'Created'), time(payment.createdAt), stateText(visitor, payment.state)),
      fact(say('决定', 'Decided'), time(payment.decision?.decidedAt ?? null, undecided(visitor, page))),
    ]}</dl>
<section><h2>${say('钱包', 'Wallets')}</h2>${names.length === 0 ? empty(say(`没有可列出的钱包：${undecided(visitor, page)}。`, `There is no wallet to tell of: ${undecided(visitor, page)}.`)) : names.map((name) => renderWallet(visitor, page, name))}</section>
<section><h2>${say('付款尝试', 'Attempts')}</h2>${attempts.length === 0 ? empty(say('买家还没有开始付款。', 'The buyer has not begun to pay.')) : attempts.map((attempt) => renderAttempt(visitor, attempt, page.refunds))}</section>
${payment.decision !== null && html`<section><h2>${say('决定所依据的事实', 'What it was decided by')}</h2>${renderContext(visitor, payment.decision.context, payment.currency)}</section>`}`,
  });
}

/** A payment whose page nobody has seen may still be decided; one that has begun without a decision concerned no rollout. */
function undecided({ say }: Visitor, { payment, attempts }: WhyPage): string {
  const isOpen = payment.state === 'requires_payment_method' && attempts.length === 0;
  return isOpen
    ? say('没有灰度涉及，或买家还没打开过收银台', 'no rollout concerns it, or the buyer has not opened the cashier yet')
    : say('没有灰度涉及', 'no rollout concerned it');
}

/** Those that are quoted, the best first; then those that were decided and are not. */
function walletsOf({ payment, quote }: WhyPage): string[] {
  const quoted = quote?.quotes.map(({ wallet }) => wallet) ?? [];
  const decided = payment.decision?.wallets.map(({ wallet }) => wallet) ?? [];
  return [...new Set([...quoted, ...decided])];
}

function renderWallet(visitor: Visitor, page: WhyPage, name: string): Html {
  const { payment, replays, quote } = page;
  const { say, lang } = visitor;
  const decisions = payment.decision?.wallets ?? [];
  const at = decisions.findIndex(({ wallet }) => wallet === name);
  const decided: WalletDecision | undefined = decisions[at];
  const priced = quote?.quotes.find(({ wallet }) => wallet === name);
  const label = payLabel(name as WalletName, '')[lang]; // a decision and a quote name wallets alone
  const replay = replays[at];
  const now = page.now?.wallets[at];
  return html`<article class="panel why-wallet" data-testid="why-${name}"><div class="why-head">${walletMark(name, label)}<h3>${label}</h3>${decided?.shown === false ? chip('off', say('不展示', 'hidden')) : chip('good', say('展示', 'shown'))}${priced !== undefined && html`<strong class="big">${amountText(payment.currency, priced.to_pay.minor)}</strong>`}</div>
${decided === undefined ? html`<p>${page.payment.decision === null ? `${undecided(visitor, page)}${say('。', '.')}` : say('没有灰度涉及它：对所有人开放。', 'No rollout concerns it: it is open to everybody.')}</p>` : html`<p>${explainDecision(decided)[lang]}${plansOf(decided).map(({ rollout }) => html` <a href="/console/rollouts/${rollout.id}">${say('查看灰度', 'See the rollout')}${decided.also !== undefined && html` <span class="mono">${rollout.id}</span>`}</a>`)}</p>`}
${decided?.shown === true && now?.shown === false && html`<p data-testid="now">${chip('warn', say('现在不展示', 'hidden now'))} ${explainDecision(now)[lang]}</p>`}
${replay !== undefined && replay.result !== 'not_dealt' && html`<p class="fine">${replay.result === 'same' ? chip('good', say('已核对', 'checked')) : chip('bad', say('不一致', 'differs'))} ${replay.told[lang]}</p>`}
${priced !== undefined && renderOffers(visitor, priced)}</article>`;
}

function renderOffers({ say, lang }: Visitor, { applied, not_used: notUsed }: ShownWalletQuote): Html {
  return html`${applied.length > 0 && html`<h4>${say('用上的优惠', 'Offers that are used')}</h4><ul>${applied.map((offer) => html`<li><a href="/console/offers/${offer.offer_id}">${offer.name[lang]}</a>${say('：', ': ')}${offer.explanation[lang]}</li>`)}</ul>`}${notUsed.length > 0 && html`<h4>${say('没用上的优惠', 'Offers that are not used')}</h4><ul>${notUsed.map((offer) => html`<li><a href="/console/offers/${offer.offer_id}">${offer.name[lang]}</a>${say('：', ': ')}${offer.explanation[lang]}</li>`)}</ul>`}`;
}

function renderAttempt(visitor: Visitor, attempt: Attempt, refunds: readonly Refund[]): Html {
  const { say, lang } = visitor;
  const ofAttempt = refunds.filter(({ attemptId }) => attemptId === attempt.id);
  const outcomes: Record<Attempt['outcome'], Html> = {
    pending: chip('calm', say('进行中', 'under way')),
    succeeded: chip('good', say('成功', 'succeeded')),
    failed: chip('bad', say('失败', 'failed')),
    unknown: chip('warn', say('结果不明', 'unknown')),
  };
  const label = payLabel(attempt.wallet, '')[lang];
  return html`<article class="panel why-wallet"><div class="why-head">${walletMark(attempt.wallet, label)}<h3>${label}</h3>${outcomes[attempt.outcome]}<strong>${amountText(attempt.currency, attempt.amountMinor)}</strong></div>
<p class="fine">${time(attempt.createdAt)} · <span class="mono">${attempt.id}</span></p>
${(attempt.offers ?? []).length > 0 && html`<h4>${say('当时的优惠', 'Offers as they were promised')}</h4><ul>${(attempt.offers ?? []).map((offer) => html`<li><a href="/console/offers/${offer.offerId}">${offer.name[lang]}</a>${say('：', ': ')}${explainApplied(offer, attempt.currency)[lang]}</li>`)}</ul>`}${renderReports(visitor, attempt.currency, attempt.reported, ofAttempt)}</article>`;
}

/** Who the buyer is stays out: the id and the device decide by their bucket alone, which is told with the decision. */
const PERSONAL = new Set(['targetingKey', 'buyer_id', 'device', 'payment_id', 'merchant_id']);

type FactValue = string | number | boolean | null;

function renderContext(visitor: Visitor, context: Readonly<Record<string, FactValue>>, currency: Currency): Html {
  const { say } = visitor;
  const known = (name: string): string => {
    const value = context[name];
    return value === null || value === undefined ? say('没有', 'none') : say('有，不在此显示', 'known, not shown here');
  };
  return html`<dl class="facts panel">${fact(say('买家编号', "The buyer's id"), known('buyer_id'))}${fact(say('设备', 'The device'), known('device'))}${Object.entries(
    context,
  )
    .filter(([name]) => !PERSONAL.has(name))
    .map(([name, value]) => renderFact(visitor, name, value, currency))}</dl>`;
}

/** In words, with the name that rules ask for it by beneath. */
function renderFact({ say }: Visitor, name: string, value: FactValue, currency: Currency): Html {
  const words: Record<string, string> = {
    region: say('地区', 'Region'),
    app_version: say('App 版本', 'Version of the app'),
    staff: say('内部员工', 'One of the staff'),
    scene: say('场景', 'Where it is paid'),
    app: say('所在 App', 'The app around the page'),
    currency: say('币种', 'Currency'),
    amount_minor: say('金额', 'Amount'),
    bank: say('银行', 'Bank'),
  };
  const shown =
    name === 'amount_minor' && typeof value === 'number'
      ? amountText(currency, BigInt(value))
      : typeof value === 'boolean'
        ? say(value ? '是' : '否', value ? 'yes' : 'no')
        : (value ?? '–');
  return fact(words[name] ?? name, String(shown), name);
}

function stateText({ say }: Visitor, state: Payment['state']): string {
  const texts: Record<Payment['state'], string> = {
    requires_payment_method: say('等买家选钱包', 'waits for the buyer to choose'),
    requires_action: say('等买家付款', 'waits for the buyer to pay'),
    processing: say('处理中', 'processing'),
    succeeded: say('已付', 'paid'),
    canceled: say('已取消', 'canceled'),
  };
  return texts[state];
}
