import { assertNever } from '../base/assert.ts';
import { addDays, shanghaiDay, shanghaiMidnight } from '../base/shanghai.ts';
import type { Label } from '../wallets/wallet-names.ts';
import type { Campaign, CampaignLimit, OfferValue } from './campaign.ts';
import { amountText, bankLabel, clockText, funderLabel, listLabel, percentLabel, same, walletLabel } from './say.ts';

/** What a campaign does, a line for each part of it, in plain words of both languages. */
export function describeCampaign(campaign: Campaign): Label[] {
  return [
    describeValue(campaign),
    ...describeConditions(campaign),
    ...describeTime(campaign),
    ...campaign.limits.map((limit) => describeLimit(campaign, limit)),
    describeFunders(campaign),
    describeStacking(campaign),
  ];
}

function describeValue(campaign: Campaign): Label {
  const { kind, by, value } = campaign;
  const what = valueLabel(campaign, value);
  if (kind === 'voucher') return { 'zh-CN': `代金券：${what['zh-CN']}`, en: `A voucher: ${what.en}` };
  return by === 'wallet'
    ? { 'zh-CN': `钱包自己的优惠（预计）：${what['zh-CN']}`, en: `The wallet's own, as an estimate: ${what.en}` }
    : what;
}

function valueLabel({ currency }: Campaign, value: OfferValue): Label {
  const amount = (minor: bigint): string => amountText(currency, minor);
  switch (value.kind) {
    case 'flat':
      return { 'zh-CN': `立减 ${amount(value.offMinor)}`, en: `${amount(value.offMinor)} off` };
    case 'threshold':
      return listLabel(
        value.tiers.map(({ atMinor, offMinor }) => ({
          'zh-CN': `满 ${amount(atMinor)} 减 ${amount(offMinor)}`,
          en: `${amount(offMinor)} off from ${amount(atMinor)} on`,
        })),
      );
    case 'every': {
      const { atMinor, offMinor, timesMax } = value;
      return {
        'zh-CN': `每满 ${amount(atMinor)} 减 ${amount(offMinor)}，最多 ${timesMax} 次`,
        en: `${amount(offMinor)} off for every full ${amount(atMinor)}, at most ${timesMax} times`,
      };
    }
    case 'percent':
      return withMost(percentLabel(value.perMille), value.offMaxMinor, amount);
    case 'random': {
      const [least, most] = [amount(value.fromMinor), amount(value.toMinor)];
      return { 'zh-CN': `随机立减 ${least} 至 ${most}`, en: `A draw of ${least} to ${most} off` };
    }
    case 'item': {
      const each: Label =
        value.off.kind === 'percent' ? percentLabel(value.off.perMille) : offEach(amount(value.off.minor));
      const articles = value.articles.join(', ');
      return {
        'zh-CN': `指定商品（${articles}）每件${each['zh-CN']}，每单最多 ${value.quantityMax} 件`,
        en: `Each unit of ${articles}: ${each.en}, at most ${value.quantityMax} units an order`,
      };
    }
    case 'instalment_fee': {
      const part = value.perMille === 1000 ? { 'zh-CN': '全部', en: 'All' } : same(`${value.perMille / 10}%`);
      const counts = value.counts.join(', ');
      const free = {
        'zh-CN': `分 ${counts} 期免 ${part['zh-CN']} 手续费`,
        en: `${part.en} of the fee for paying in ${counts} parts`,
      };
      return withMost(free, value.offMaxMinor, amount);
    }
    default:
      return assertNever(value);
  }
}

function offEach(text: string): Label {
  return { 'zh-CN': `减 ${text}`, en: `${text} off` };
}

function withMost(label: Label, mostMinor: bigint | null, amount: (minor: bigint) => string): Label {
  if (mostMinor === null) return label;
  return { 'zh-CN': `${label['zh-CN']}，最多减 ${amount(mostMinor)}`, en: `${label.en}, at most ${amount(mostMinor)}` };
}

function describeConditions({ conditions, currency, merchants }: Campaign): Label[] {
  const { wallets, banks, cardKinds, regions, firstUse, amountMinMinor, articles } = conditions;
  const only = (names: Label, zh: string, en: string): Label[] =>
    names.en === '' ? [] : [{ 'zh-CN': `仅限${names['zh-CN']}${zh}`, en: `Only ${en}${names.en}` }];
  const kinds = cardKinds.map(
    (kind): Label => (kind === 'credit' ? { 'zh-CN': '信用卡', en: 'credit' } : { 'zh-CN': '借记卡', en: 'debit' }),
  );
  const least = amountMinMinor === null ? '' : amountText(currency, amountMinMinor);
  return [
    ...only(listLabel(wallets.map(walletLabel)), '', 'with '),
    ...only(listLabel(banks.map(bankLabel)), '的卡', 'with cards of '),
    ...only(listLabel(kinds), '', 'with cards of the kind '),
    ...only(same(regions.join(', ')), '地区的买家', 'for buyers in '),
    ...only(same(merchants.join(', ')), '', 'at '),
    ...only(same(articles.join(', ')), '之一在订单里时', 'with one of these articles in the order: '),
    ...(firstUse === 'merchant'
      ? [{ 'zh-CN': '仅限在该商家首次购买', en: 'Only for a first purchase at the shop' }]
      : []),
    ...(firstUse === 'wallet'
      ? [{ 'zh-CN': '仅限首次使用该钱包', en: 'Only for a first payment with the wallet' }]
      : []),
    ...(least === '' ? [] : [{ 'zh-CN': `应付满 ${least} 可用`, en: `Only when ${least} or more is left to pay` }]),
  ];
}

const WEEKDAYS = [
  ['周一', 'Mon'],
  ['周二', 'Tue'],
  ['周三', 'Wed'],
  ['周四', 'Thu'],
  ['周五', 'Fri'],
  ['周六', 'Sat'],
  ['周日', 'Sun'],
] as const;

function describeTime({ when }: Campaign): Label[] {
  const { from, until, weekdays, hours, except } = when;
  const days = listLabel(
    weekdays.map((day): Label => ({ 'zh-CN': WEEKDAYS[day - 1]?.[0] ?? '', en: WEEKDAYS[day - 1]?.[1] ?? '' })),
  );
  const windows = hours.map(({ from: first, to }) => `${clockText(first)}–${clockText(to)}`).join(', ');
  const begin = from === null ? '' : dayAndHour(from);
  const end = until === null ? '' : dayAndHour(until);
  return [
    ...(begin === '' ? [] : [{ 'zh-CN': `${begin} 开始`, en: `From ${begin} on` }]),
    ...(until === null ? [] : [endLabel(until, end)]),
    ...(days.en === '' ? [] : [{ 'zh-CN': `仅在${days['zh-CN']}`, en: `Only on ${days.en}` }]),
    ...(windows === '' ? [] : [{ 'zh-CN': `仅在 ${windows}`, en: `Only within ${windows}` }]),
    ...(except.length === 0 ? [] : [{ 'zh-CN': `${except.join('、')} 除外`, en: `Not on ${except.join(', ')}` }]),
  ];
}

/** What ends with a day is told by its last day. */
function endLabel(until: Date, end: string): Label {
  const lastDay = addDays(shanghaiDay(until), -1);
  return end.length === lastDay.length
    ? { 'zh-CN': `${lastDay} 是最后一天`, en: `The last day is ${lastDay}` }
    : { 'zh-CN': `${end} 结束`, en: `Until ${end}` };
}

/** `2026-11-30 22:00` in Asia/Shanghai; midnight goes without its hour. */
function dayAndHour(instant: Date): string {
  const day = shanghaiDay(instant);
  const minute = Math.floor((instant.getTime() - shanghaiMidnight(day).getTime()) / 60_000);
  return minute === 0 ? day : `${day} ${clockText(minute)}`;
}

const SCOPES: Record<Exclude<CampaignLimit['scope'], 'money'>, Label> = {
  count: { 'zh-CN': '共', en: 'in all' },
  user: { 'zh-CN': '每人', en: 'for each buyer' },
  device: { 'zh-CN': '每台设备', en: 'for each device' },
  phone: { 'zh-CN': '每个手机号', en: 'for each phone' },
  card: { 'zh-CN': '每张卡', en: 'for each card' },
  merchant: { 'zh-CN': '每个商家', en: 'at each shop' },
};
const WINDOWS: Record<CampaignLimit['window'], Label> = {
  day: { 'zh-CN': '每日', en: ' a day' },
  week: { 'zh-CN': '每周', en: ' a week' },
  month: { 'zh-CN': '每月', en: ' a month' },
  campaign: { 'zh-CN': '活动期', en: '' },
};

function describeLimit({ currency }: Campaign, { scope, window, figure }: CampaignLimit): Label {
  const time = WINDOWS[window];
  if (scope === 'money') {
    const amount = amountText(currency, figure);
    return { 'zh-CN': `${time['zh-CN']}预算 ${amount}`, en: `Costs at most ${amount}${time.en}` };
  }
  const whose = SCOPES[scope];
  const times = figure === 1n ? 'Once' : `${figure} times`;
  return { 'zh-CN': `${whose['zh-CN']}${time['zh-CN']}限 ${figure} 次`, en: `${times}${time.en} ${whose.en}` };
}

function describeFunders({ funders }: Campaign): Label {
  const parts = listLabel(
    funders.map(({ funder, owner, perMille }) => {
      const who = funderLabel(funder, owner);
      return { 'zh-CN': `${who['zh-CN']} ${perMille / 10}%`, en: `${who.en} ${perMille / 10}%` };
    }),
  );
  return { 'zh-CN': `出资：${parts['zh-CN']}`, en: `Paid by ${parts.en}` };
}

function describeStacking({ stacking }: Campaign): Label {
  if (stacking.kind === 'alone') return { 'zh-CN': '不与其他优惠同享', en: 'Never beside another offer' };
  const { group, with: names } = stacking;
  const one: Label = group === null ? same('') : { 'zh-CN': `“${group}”组只用一个`, en: `One of the group "${group}"` };
  const beside: Label =
    names === null
      ? { 'zh-CN': '可与其他组同享', en: 'beside any other' }
      : { 'zh-CN': `可与 ${names.join('、')} 组同享`, en: `beside ${names.join(', ')}` };
  if (group === null) return { 'zh-CN': beside['zh-CN'], en: `Goes ${beside.en}` };
  return { 'zh-CN': `${one['zh-CN']}，${beside['zh-CN']}`, en: `${one.en}, ${beside.en}` };
}
