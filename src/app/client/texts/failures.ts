import type { Lang, Names } from '../../api.ts';
import { problemTexts } from '../problem-texts.ts';

/** Why a bank would not, in words for its customer: the reasons of bank/rail.ts. */
const FAILURES: Readonly<Record<string, Names>> = {
  insufficient_funds: { 'zh-CN': '余额不足', en: 'not enough money on the card' },
  limit_exceeded: { 'zh-CN': '超过银行限额', en: 'above a limit of the bank' },
  count_exceeded: { 'zh-CN': '超过银行规定的次数', en: 'too many times for the bank' },
  card_unknown: { 'zh-CN': '银行没有这张卡', en: 'the bank does not know the card' },
  card_lost: { 'zh-CN': '卡片已挂失', en: 'the card was reported lost' },
  card_expired: { 'zh-CN': '卡片已过期', en: 'the card has expired' },
  card_restricted: { 'zh-CN': '银行限制了这张卡', en: 'the bank has restricted the card' },
  holder_may_not: { 'zh-CN': '这张卡不能办这项业务', en: 'the card may not be used for this' },
  bank_down: { 'zh-CN': '银行系统暂时不可用', en: 'the bank is not available' },
  duplicate: { 'zh-CN': '银行认为是重复的交易', en: 'the bank took it for a repetition' },
  message_refused: { 'zh-CN': '银行没有受理', en: 'the bank did not take it' },
  declined: { 'zh-CN': '银行拒绝了这笔交易', en: 'the bank declined' },
};

export function failureIn(code: string, lang: Lang): string {
  const text = FAILURES[code] ?? problemTexts[code] ?? FAILURES['declined'];
  return (text?.[lang] ?? '').replace(/[。.]$/, '');
}
