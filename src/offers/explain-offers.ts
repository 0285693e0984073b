import type { Currency } from '../money/money.ts';
import type { Label } from '../wallets/wallet-names.ts';
import type { AppliedOffer, NotUsed, NotUsedCode, WalletQuote } from './offers.ts';
import { amountText, bankLabel, funderLabel, listLabel, momentLabel, same, walletLabel } from './say.ts';

/*
 * What is said of offers wherever they are shown: on the cashier's page, in the terminal, to the operator. Without the offer's name, which
 * stands beside it.
 */

/** `立减 ¥5.00，工商银行出资`; of a draw its range, of a wallet's own that it is an estimate. */
export function explainApplied({ kind, by, minor, mostMinor, parts }: AppliedOffer, currency: Currency): Label {
  const [least, most] = [amountText(currency, minor), amountText(currency, mostMinor)];
  const payers = parts.filter((part) => part.minor > 0n || minor === 0n);
  const names = listLabel(payers.map(({ funder, owner }) => funderLabel(funder, owner)));
  const paid: Label = { 'zh-CN': `${names['zh-CN']}出资`, en: `paid by ${names.en}` };
  if (by === 'wallet')
    return { 'zh-CN': `预计再减最多 ${most}，以钱包为准`, en: `up to ${most} more off, as the wallet decides` };
  if (minor !== mostMinor)
    return {
      'zh-CN': `随机立减 ${least} 至 ${most}，${paid['zh-CN']}`,
      en: `a draw takes off ${least} to ${most}, ${paid.en}`,
    };
  const verb: Label =
    kind === 'instalment_fee'
      ? { 'zh-CN': '免分期手续费', en: 'off the instalment fee' }
      : { 'zh-CN': '立减', en: 'off' };
  return { 'zh-CN': `${verb['zh-CN']} ${least}，${paid['zh-CN']}`, en: `${least} ${verb.en}, ${paid.en}` };
}

/** Why an offer is not used, with what is missing and when it can be had again. */
export function explainNotUsed({ code, facts }: Pick<NotUsed, 'code' | 'facts'>, currency: Currency): Label {
  return EXPLAIN[code](new Facts(facts, currency));
}

/** `用云闪付支付，再省 ¥3.00`: what somebody who has chosen one way would save with the other; null where nothing. */
export function explainBetter(better: WalletQuote, chosen: WalletQuote, currency: Currency): Label | null {
  const saves = chosen.toPayMinor - better.toPayMinor;
  if (saves <= 0n) return null;
  const { wallet, bank } = better.candidate;
  const name = walletLabel(wallet);
  const card =
    bank === null
      ? same('')
      : { 'zh-CN': `（${bankLabel(bank)['zh-CN']}卡）`, en: ` (a card of ${bankLabel(bank).en})` };
  const amount = amountText(currency, saves);
  return {
    'zh-CN': `用${name['zh-CN']}${card['zh-CN']}支付，再省 ${amount}`,
    en: `Pay with ${name.en}${card.en}, save ${amount}`,
  };
}

/** The facts of a reason, as they are said; what is not there says nothing. */
class Facts {
  readonly #facts: Readonly<Record<string, string>>;
  readonly #currency: Currency;

  constructor(facts: Readonly<Record<string, string>>, currency: Currency) {
    this.#facts = facts;
    this.#currency = currency;
  }

  text(name: string): string {
    return this.#facts[name] ?? '';
  }

  amount(name: string): string {
    const minor = this.text(name);
    return /^-?\d+$/.test(minor) ? amountText(this.#currency, BigInt(minor)) : '';
  }

  list(name: string, label: (text: string) => Label): Label {
    return listLabel(this.text(name).split(',').filter(Boolean).map(label));
  }

  moment(name: string): Label | null {
    const instant = new Date(this.text(name));
    return Number.isNaN(instant.getTime()) ? null : momentLabel(instant);
  }
}

const EXPLAIN: Record<NotUsedCode, (facts: Facts) => Label> = {
  stopped: () => ({ 'zh-CN': '已停止', en: 'was stopped' }),
  not_started: (facts) =>
    at(facts.moment('from'), { 'zh-CN': '开始', en: 'begins' }, { 'zh-CN': '还没开始', en: 'has not begun' }),
  ended: (facts) => at(facts.moment('until'), { 'zh-CN': '已结束', en: 'ended' }, { 'zh-CN': '已结束', en: 'is over' }),
  closed_now: (facts) =>
    at(
      facts.moment('opens'),
      { 'zh-CN': '开始', en: 'is closed at this hour; next on' },
      { 'zh-CN': '现在不在时段内', en: 'is closed at this hour' },
    ),
  other_wallet: (facts) => only(facts.list('wallets', walletLabel)),
  other_bank: (facts) => only(facts.list('banks', bankLabel), { 'zh-CN': '的卡', en: 'cards' }),
  bank_not_known: explainUnknownCard,
  other_card_kind: (facts) => only(facts.list('card_kinds', cardKindLabel)),
  no_instalment: (facts) => ({
    'zh-CN': `仅限分 ${facts.text('counts').replaceAll(',', '、')} 期付款`,
    en: `is for paying in ${facts.text('counts').replaceAll(',', ', ')} parts`,
  }),
  other_region: (facts) => only(facts.list('regions', same), { 'zh-CN': '地区', en: '' }),
  voucher_missing: () => ({ 'zh-CN': '需要券码', en: 'needs a voucher' }),
  voucher_used: () => ({ 'zh-CN': '券已使用', en: 'the voucher is used' }),
  no_such_item: () => ({ 'zh-CN': '订单里没有指定商品', en: 'none of its articles is in the order' }),
  below_threshold: (facts) => ({
    'zh-CN': `还差 ${facts.amount('missing_minor')}，满 ${facts.amount('needs_minor')} 可用`,
    en: `${facts.amount('missing_minor')} more are needed: it counts from ${facts.amount('needs_minor')} on`,
  }),
  buyer_not_known: (facts) => {
    const needs = NEEDED[facts.text('needs')] ?? { 'zh-CN': '登录', en: 'a buyer who is known' };
    return { 'zh-CN': `需要${needs['zh-CN']}`, en: `needs ${needs.en}` };
  },
  not_first_use: (facts) =>
    facts.text('of') === 'wallet'
      ? {
          'zh-CN': `仅限首次使用${walletLabel(facts.text('wallet'))['zh-CN']}`,
          en: `is for the first payment with ${walletLabel(facts.text('wallet')).en}`,
        }
      : { 'zh-CN': '仅限首次购买', en: 'is for a first purchase' },
  used_by_buyer: explainUsed,
  budget_gone: explainGone,
  cannot_combine: (facts) => ({
    'zh-CN': `不能与“${facts.text('with_zh')}”同享；单用可减 ${saving(facts)}`,
    en: `cannot be combined with "${facts.text('with_en')}"; alone it saves ${saving(facts)}`,
  }),
  better_without: (facts) =>
    facts.text('saved_minor') === ''
      ? { 'zh-CN': '没有可减的金额', en: 'there is nothing to take it off' }
      : {
          'zh-CN': `现在的组合更省：减 ${facts.amount('saved_minor')}，单用它减 ${saving(facts)}`,
          en: `without it you save more: ${facts.amount('saved_minor')}, and ${saving(facts)} with it alone`,
        },
};

const NEEDED: Readonly<Record<string, Label>> = {
  user: { 'zh-CN': '登录', en: 'a buyer who is signed in' },
  device: { 'zh-CN': '可识别的设备', en: 'a device that is known' },
  phone: { 'zh-CN': '手机号', en: 'a phone number' },
};

const WHOSE: Readonly<Record<string, Label>> = {
  user: { 'zh-CN': '每人', en: 'each buyer' },
  device: { 'zh-CN': '每台设备', en: 'each device' },
  phone: { 'zh-CN': '每个手机号', en: 'each phone' },
  card: { 'zh-CN': '每张卡', en: 'each card' },
};

const WINDOWS: Readonly<Record<string, Label>> = {
  day: { 'zh-CN': '每日', en: 'a day' },
  week: { 'zh-CN': '每周', en: 'a week' },
  month: { 'zh-CN': '每月', en: 'a month' },
  campaign: { 'zh-CN': '', en: 'in all' },
};

/** `每人每日限1次，已用完，11月24日可再用`. */
function explainUsed(facts: Facts): Label {
  const [whose, window] = [WHOSE[facts.text('scope')] ?? same(''), WINDOWS[facts.text('window')] ?? same('')];
  const again = facts.moment('again');
  const times = facts.text('figure') === '1' ? 'once' : `${facts.text('figure')} times`;
  return {
    'zh-CN': `${whose['zh-CN']}${window['zh-CN']}限${facts.text('figure')}次，已用完${again === null ? '' : `，${again['zh-CN']}可再用`}`,
    en: `${whose.en} gets it ${times} ${window.en}, and has${again === null ? '' : `; again from ${again.en}`}`,
  };
}

/** `今日已抢完，11月24日再来`. */
function explainGone(facts: Facts): Label {
  const again = facts.moment('again');
  if (again === null) return { 'zh-CN': '已抢完', en: 'is gone' };
  const now = { day: '今日', week: '本周', month: '本月' }[facts.text('window')] ?? '';
  return { 'zh-CN': `${now}已抢完，${again['zh-CN']}再来`, en: `is gone for now; again from ${again.en}` };
}

function explainUnknownCard(facts: Facts): Label {
  const banks = facts.list('banks', bankLabel);
  const kinds = facts.list('card_kinds', cardKindLabel);
  const which = banks.en === '' ? kinds : banks;
  if (which.en === '') return { 'zh-CN': '付款前不知道是哪张卡', en: 'which card pays is not known beforehand' };
  return {
    'zh-CN': `仅限${which['zh-CN']}；付款前不知道是哪张卡`,
    en: `is for ${which.en} alone; which card pays is not known beforehand`,
  };
}

function cardKindLabel(kind: string): Label {
  return kind === 'credit' ? { 'zh-CN': '信用卡', en: 'credit cards' } : { 'zh-CN': '借记卡', en: 'debit cards' };
}

function only(whom: Label, what: Label = same('')): Label {
  return {
    'zh-CN': `仅限${whom['zh-CN']}${what['zh-CN']}`,
    en: `is for ${whom.en}${what.en === '' ? '' : ` ${what.en}`} alone`,
  };
}

/** `11月30日 10:00 开始` and `begins 30 Nov 10:00`, or words without a time where none is known. */
function at(moment: Label | null, verb: Label, without: Label): Label {
  if (moment === null) return without;
  return { 'zh-CN': `${moment['zh-CN']} ${verb['zh-CN']}`, en: `${verb.en} ${moment.en}` };
}

/** What it would save alone: an amount, or up to the most of a draw. */
function saving(facts: Facts): string {
  const [sure, most] = [facts.amount('would_save_minor'), facts.amount('would_save_most_minor')];
  return most === '' || most === sure ? sure : `${sure}–${most}`;
}
