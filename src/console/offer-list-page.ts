import { html, type Html } from '../base/html.ts';
import type { OfferInUse } from '../offers/read-offers.ts';
import type { ShownUsage } from '../offers/show-offer.ts';
import type { Currency } from '../money/money.ts';
import { renderPage } from './frame.ts';
import { campaignOf, costByFunder, limitText, offerName, offerState, usageText } from './offer-words.ts';
import { amountText, bar, chip, empty, live } from './parts.ts';
import type { Visitor } from './visitor.ts';

export interface OfferList {
  offers: readonly (OfferInUse & { shopName: string | null })[];
  next: string | null;
  now: Date;
}

/** The offers of everybody: how each stands, what is used and left, and who has paid what. */
export function renderOfferList(visitor: Visitor, { offers, next, now }: OfferList): string {
  const { say } = visitor;
  const title = say('优惠', 'Offers');
  return renderPage(visitor, {
    title,
    part: 'offers',
    path: '/console/offers',
    isLive: true,
    body: html`<h1>${title}</h1>
${live('list', offers.length === 0 ? empty(say('还没有优惠：npx hutong offer publish 活动文件', 'There is no offer yet: npx hutong offer publish <file>')) : html`<ul class="cards">${offers.map((offer) => renderOne(visitor, offer, now))}</ul>`)}
${next !== null && html`<p><a class="link-line" href="/console/offers?before=${next}" data-testid="older">${say('更早的优惠', 'Older offers')}</a></p>`}`,
  });
}

function renderOne(visitor: Visitor, offer: OfferList['offers'][number], now: Date): Html {
  const { say, lang } = visitor;
  const currency = campaignOf(offer)?.currency ?? 'CNY';
  const state = offerState(offer, now);
  const costs = costByFunder(offer.cost);
  return html`<li class="card" data-testid="${offer.id}"><a class="cover" href="/console/offers/${offer.id}">${offerName(visitor, offer)}</a>
<p class="card-head">${chip(state.tone, state.label[lang])}</p>
<p class="fine">${offer.shopName ?? say('平台', 'the platform')}${campaignOf(offer)?.by === 'wallet' && say(' · 钱包自己的，仅作估计', " · the wallet's own, an estimate")}</p>
${offer.usage.map((usage) => renderUsage(visitor, usage, currency))}
<p class="fine">${costs.length === 0 ? say('近 31 天没有花费', 'no cost in the last 31 days') : html`${say('近 31 天：', 'last 31 days: ')}${costs.map(({ label, granted, takenBack, currency: of }, index) => `${index > 0 ? say('、', ', ') : ''}${label[lang]} ${amountText(of, granted - takenBack)}`)}`}</p></li>`;
}

/** A limit with its bar: used, under way, left. */
export function renderUsage(visitor: Visitor, usage: ShownUsage, currency: Currency): Html {
  const { say } = visitor;
  const [used, held, max] = [BigInt(usage.used), BigInt(usage.held), BigInt(usage.max)];
  const part = max === 0n ? 1 : Number(((used + held) * 10_000n) / max) / 10_000;
  const text = (value: string): string => usageText(usage, currency, value);
  return html`<div class="usage" data-testid="usage-${usage.limit}"><p><span>${limitText(visitor, usage.limit)}</span> <strong>${say(`剩 ${text(usage.left)}`, `${text(usage.left)} left`)}</strong></p>
${bar(part, part >= 1 ? 'bad' : part >= 0.9 ? 'warn' : 'accent')}
<p class="fine">${say(`已用 ${text(usage.used)}，共 ${text(usage.max)}`, `${text(usage.used)} of ${text(usage.max)} used`)}${held > 0n && say(`，付款中 ${text(usage.held)}`, `, ${text(usage.held)} under way`)}</p></div>`;
}
