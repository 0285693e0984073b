import { html, type Html } from '../base/html.ts';
import { OFFER_REASON_CHARS_MAX } from '../base/limits.ts';
import type { Currency } from '../money/money.ts';
import { describeCampaign } from '../offers/describe-campaign.ts';
import { funderLabel } from '../offers/say.ts';
import type { Funder } from '../offers/offers.ts';
import type { ShownMove, ShownOfferInFull } from '../offers/show-offer.ts';
import { renderPage, tokenField } from './frame.ts';
import { renderUsage } from './offer-list-page.ts';
import { campaignOf, costByFunder, offerName, offerState } from './offer-words.ts';
import { amountText, chip, empty, fact, live, table, time } from './parts.ts';
import { whoText } from './rollout-page.ts';
import type { Visitor } from './visitor.ts';

export interface OfferPage {
  offer: ShownOfferInFull;
  shopName: string | null;
  now: Date;
  done: OfferSwitch | null;
}

export type OfferSwitch = 'stop' | 'resume';

/** One offer: its terms in plain words, how it is used, who paid, its versions, and the switch. */
export function renderOffer(visitor: Visitor, { offer, shopName, now, done }: OfferPage): string {
  const { say, lang } = visitor;
  const campaign = campaignOf(offer);
  const state = offerState(offer, now);
  const name = offerName(visitor, offer);
  const currency = campaign?.currency ?? 'CNY';
  const terms = campaign === null ? [] : describeCampaign(campaign);
  const action: OfferSwitch = offer.state === 'stopped' ? 'resume' : 'stop';
  return renderPage(visitor, {
    title: `${name} · ${say('优惠', 'Offer')}`,
    part: 'offers',
    path: `/console/offers/${offer.id}`,
    isLive: true,
    notice: done === null ? null : doneText(visitor, done),
    body: html`<p class="crumbs"><a href="/console/offers">${say('优惠', 'Offers')}</a></p>
<div class="title"><div><h1>${name}</h1><p class="fine">${shopName ?? say('平台', 'the platform')} · <span class="mono">${offer.id}</span></p></div></div>
${live('state', html`<p class="now-state panel" role="status">${chip(state.tone, state.label[lang], 'state')} <span>${say(`第 ${offer.version} 版，${offer.updated_at === offer.created_at ? '发布于' : '更新于'} `, `version ${offer.version}, ${offer.updated_at === offer.created_at ? 'published' : 'changed'} `)}${time(offer.updated_at)}</span></p>`)}
<ul class="buttons"><li><a class="button button-${action === 'stop' ? 'danger' : 'main'}" href="/console/offers/${offer.id}/${action}" data-testid="${action}">${switchText(visitor, action)}</a></li></ul>
<div class="columns">
<section><h2>${say('条款', 'Terms')}</h2>${terms.length === 0 ? empty(say('这个版本的程序读不懂这份条款，所以它不被使用。', 'This build cannot read these terms, so the offer is not used.')) : html`<div class="panel"><ul class="terms">${terms.map((line) => html`<li>${line[lang]}</li>`)}</ul></div>`}</section>
<section><h2>${say('用量', 'Usage')}</h2>${live('usage', renderUsages(visitor, offer, currency))}</section>
</div>
<section><h2>${say('谁出了钱（近 31 天）', 'Who paid (last 31 days)')}</h2>${live('cost', renderCosts(visitor, offer))}</section>
<section><h2>${say('版本', 'Versions')}</h2>${renderVersions(visitor, offer)}</section>
<section><h2>${say('谁做了什么', 'Who did what')}</h2>${live('moves', renderMoves(visitor, offer))}</section>`,
  });
}

function renderUsages(
  visitor: Visitor,
  { usage, vouchers_count: vouchers }: ShownOfferInFull,
  currency: Currency,
): Html {
  const { say } = visitor;
  const limits = usage ?? [];
  return html`<div class="panel">${limits.length === 0 ? html`<p class="fine">${say('没有全体买家共用的上限。', 'No limit is shared by all buyers.')}</p>` : limits.map((one) => renderUsage(visitor, one, currency))}${vouchers !== null && vouchers > 0 && html`<dl>${fact(say('已发券码', 'Vouchers issued'), String(vouchers))}</dl>`}</div>`;
}

function renderCosts({ say, lang }: Visitor, { cost }: ShownOfferInFull): Html {
  if (cost.length === 0) return empty(say('近 31 天没有花费。', 'It has cost nothing in the last 31 days.'));
  const sums = costByFunder(cost);
  const rows = cost.map((one) => {
    const currency = one.currency as Currency; // as the engine wrote it
    const who = funderLabel(one.funder as Funder, one.owner)[lang]; // as the engine wrote it
    return html`<tr><th scope="row" class="nowrap">${one.day}</th><td>${who}</td><td class="right">${one.payments}</td><td class="right">${amountText(currency, one.granted)}</td><td class="right">${amountText(currency, one.taken_back)}</td></tr>`;
  });
  return html`<dl class="facts panel">${sums.map(({ label, currency, granted, takenBack }) => fact(label[lang], html`<span class="big">${amountText(currency, granted - takenBack)}</span>`, takenBack === 0n ? null : say(`已扣除退回的 ${amountText(currency, takenBack)}`, `after ${amountText(currency, takenBack)} taken back`)))}</dl>
${table(say('每天每个出资方的花费', 'Cost of each day and funder'), [say('日期', 'Day'), say('出资方', 'Paid by'), { right: say('付款', 'Payments') }, { right: say('已减', 'Taken off') }, { right: say('退款收回', 'Taken back') }], rows)}`;
}

function renderVersions({ say, lang }: Visitor, { versions }: ShownOfferInFull): Html {
  return html`<div class="versions">${versions.map((one, index) => {
    const campaign = campaignOf(one);
    return html`<details class="panel"${index === 0 && html` open`}><summary>${say(`第 ${one.version} 版`, `Version ${one.version}`)} <span class="fine">${time(one.created_at)}</span></summary><ul class="terms">${campaign === null ? html`<li>${say('这个版本的程序读不懂它。', 'This build cannot read it.')}</li>` : describeCampaign(campaign).map((line) => html`<li>${line[lang]}</li>`)}</ul></details>`;
  })}</div>`;
}

function renderMoves({ say }: Visitor, { moves }: ShownOfferInFull): Html {
  const names: Record<ShownMove['move'], string> = {
    published: say('发布', 'published'),
    changed: say('修改', 'changed'),
    stopped: say('停止', 'stopped'),
    resumed: say('恢复', 'resumed'),
    vouchers_issued: say('发券', 'vouchers issued'),
  };
  const rows = (moves ?? []).map(
    (move) =>
      html`<tr><td class="nowrap">${time(move.at)}</td><td>${names[move.move]}${move.vouchers_count !== null && ` (${move.vouchers_count})`}</td><td class="right">${move.version}</td><td class="nowrap">${whoText(move.by)}</td><td class="why">${move.reason ?? '–'}</td></tr>`,
  );
  return table(
    say('谁做了什么，最新的在上', 'Who did what, the newest first'),
    [say('时间', 'When'), say('动作', 'What'), { right: say('版本', 'Version') }, say('谁', 'Who'), say('原因', 'Why')],
    rows,
  );
}

/** Asks back before an offer is stopped or runs again. */
export function renderSwitch(
  visitor: Visitor,
  {
    offer,
    action,
    reason,
    fault,
  }: { offer: ShownOfferInFull; action: OfferSwitch; reason: string; fault: string | null },
): string {
  const { say } = visitor;
  const back = `/console/offers/${offer.id}`;
  const name = offerName(visitor, offer);
  const button = switchText(visitor, action);
  return renderPage(visitor, {
    title: `${button} · ${name}`,
    part: 'offers',
    path: `${back}/${action}`,
    body: html`<p class="crumbs"><a href="/console/offers">${say('优惠', 'Offers')}</a> <a href="${back}">${name}</a></p>
<div class="ask panel"><h1>${button}${say('？', '?')}</h1>
<p class="told">${
      action === 'stop'
        ? say(
            '一秒之内，所有节点都不再使用它。已经开始付款的买家仍然享受。之后可以恢复。',
            'Within a second no node uses it any more. Buyers who have begun to pay keep it. It can run again later.',
          )
        : say('它重新可用，已用掉的用量照样计入。', 'It can be used again, with all that was used of it.')
    }</p>
${fault !== null && html`<p class="alert" id="fault" role="alert" data-testid="fault">${fault}</p>`}
<form method="post" action="${back}/${action}">${tokenField(visitor)}<p><label for="reason">${say('为什么？会永久保留。', 'Why? It is kept for ever.')}</label>
<textarea id="reason" name="reason" rows="3" maxlength="${OFFER_REASON_CHARS_MAX}" required autofocus${fault !== null && html` aria-describedby="fault"`} data-testid="reason">${reason}</textarea></p>
<p class="ask-buttons"><button class="button button-${action === 'stop' ? 'danger' : 'main'}" type="submit" data-testid="confirm">${button}</button><a class="button button-plain" href="${back}" data-testid="cancel">${say('取消', 'Cancel')}</a></p>
</form></div>`,
  });
}

function switchText({ say }: Visitor, action: OfferSwitch): string {
  return action === 'stop' ? say('停止这个优惠', 'Stop this offer') : say('恢复这个优惠', 'Let it run again');
}

function doneText({ say }: Visitor, done: OfferSwitch): string {
  return done === 'stop' ? say('已停止', 'It is stopped') : say('已恢复', 'It runs again');
}
