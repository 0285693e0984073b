import { formatMoney, isCurrency, money } from '../money/money.ts';
import type { Break, BreakCause, BreakSide } from './statement.ts';

export interface Explanation {
  zh: string;
  en: string;
}

/** What is the matter and what comes next, in a sentence or two, for people who have never seen the code. */
export function explainBreak(one: Pick<Break, 'cause' | 'record' | 'ours' | 'theirs' | 'evidence'>): Explanation {
  const facts: Facts = {
    zh: one.record === 'payment' ? '付款' : '退款',
    en: one.record,
    ours: amountOf(one.ours),
    theirs: amountOf(one.theirs),
    side: { ...one.ours, ...one.theirs },
    ourSide: one.ours ?? {},
    theirSide: one.theirs ?? {},
  };
  const { zh, en } = WORDS[one.cause](facts);
  const learned = one.evidence === null ? null : explainEvidence(one.evidence);
  return learned === null ? { zh, en } : { zh: `${zh}${learned.zh}`, en: `${en} ${learned.en}` };
}

interface Facts {
  zh: string;
  en: string;
  ours: string;
  theirs: string;
  side: BreakSide;
  ourSide: BreakSide;
  theirSide: BreakSide;
}

const WORDS: Readonly<Record<BreakCause, (facts: Facts) => Explanation>> = {
  not_in_bill: ({ zh, en, ours }) => ({
    zh: `我方有一笔成功的${zh} ${ours}，钱包当日账单里没有。正在向钱包查询。`,
    en: `We have a ${en} of ${ours} that succeeded; the wallet's bill of the day does not. The wallet is being asked.`,
  }),
  near_cut_off: ({ zh, en, ours }) => ({
    zh: `我方成功的${zh} ${ours} 临近钱包日切时间，当日账单里没有，应在下一日账单中。`,
    en: `Our ${en} of ${ours} succeeded close to the end of the wallet's day; it is expected in the next day's bill.`,
  }),
  no_record: ({ zh, en, theirs }) => ({
    zh: `钱包账单有一笔${zh} ${theirs}，单号是本系统的格式，但本系统没有这条记录（例如从旧备份恢复过数据）。请人工核对。`,
    en: `The bill has a ${en} of ${theirs} under a number of our form, and there is no such record here, as after restoring an old backup. A person has to look.`,
  }),
  foreign_order_no: ({ zh, en, theirs }) => ({
    zh: `钱包账单有一笔${zh} ${theirs}，单号不是本系统的：可能有另一个系统在用同一个商户号。请人工核对。`,
    en: `The bill has a ${en} of ${theirs} under a number that is not ours: another system may use the same merchant number. A person has to look.`,
  }),
  no_refund_no: ({ theirs, theirSide }) => ({
    zh: `钱包账单第 ${theirSide['line_no']} 行有一笔退款 ${theirs}，只写了原付款单号 ${theirSide['payment_order_no']}，没有退款单号：可能是在钱包商户后台直接退的款。请人工核对。`,
    en: `Line ${theirSide['line_no']} of the bill has a refund of ${theirs} that names only the payment ${theirSide['payment_order_no']}, and no refund: it may have been given on the wallet's own pages. A person has to look.`,
  }),
  other_account: ({ zh, en, theirs }) => ({
    zh: `钱包账单里的${zh} ${theirs} 在本系统属于另一个钱包账户。请人工核对。`,
    en: `The bill has a ${en} of ${theirs} that belongs to another wallet account here. A person has to look.`,
  }),
  told_before: ({ zh, en, theirs, side }) => ({
    zh: `这笔${zh} ${theirs} 在 ${side['told_on']} 的账单里已经出现过一次。请人工核对是否重复入账。`,
    en: `This ${en} of ${theirs} stood in the bill of ${side['told_on']} already. A person has to see whether it is counted twice.`,
  }),
  amount: ({ zh, en, ours, theirs }) => ({
    zh: `同一笔${zh}，我方记 ${ours}，钱包账单记 ${theirs}。金额不符从不自动处理，请人工核对。`,
    en: `One ${en}: we have ${ours}, the bill has ${theirs}. A difference in amounts is never settled by itself; a person has to look.`,
  }),
  settled: ({ ours, ourSide, theirSide }) => ({
    zh: `付款 ${ours} 的应结金额不符：按钱包上报的优惠应为 ${settledOf(ourSide)}，账单为 ${settledOf(theirSide)}。可能有商家出资的优惠没有上报；正在向钱包查询，钱包补报后自动结清，否则请人工核对。`,
    en: `Of the payment of ${ours}, ${settledOf(ourSide)} should be settled by the discounts that the wallet told of; the bill says ${settledOf(theirSide)}. The shop may have paid for a discount that was not told. The wallet is being asked; should it tell of it, this ends by itself, else a person has to look.`,
  }),
  fee: ({ zh, en, ourSide, theirSide }) => ({
    zh: `${zh}手续费不符：按约定费率 ${ourSide['fee_bps']} 个基点应为 ${milli(ourSide)}，账单为 ${milli(theirSide)}（单位：分）。`,
    en: `The fee of the ${en} differs: at the agreed ${ourSide['fee_bps']} basis points it is ${milli(ourSide)}, in the bill ${milli(theirSide)} (minor units).`,
  }),
  not_final: ({ zh, en, theirs, ourSide, theirSide }) => ({
    zh: `钱包账单说这笔${zh} ${theirs} ${saysOf(theirSide).zh}，我方还是 ${ourSide['outcome']}。正在向钱包查询，以钱包签名的答复为准。`,
    en: `The bill says that this ${en} of ${theirs} ${saysOf(theirSide).en}, our record says ${ourSide['outcome']}. The wallet is being asked; its signed answer decides.`,
  }),
  failed: ({ zh, en, theirs, theirSide }) => ({
    zh: `钱包账单说这笔${zh} ${theirs} ${saysOf(theirSide).zh}，我方记为失败。正在向钱包查询；确认收到的钱会入账或自动退回。`,
    en: `The bill says that this ${en} of ${theirs} ${saysOf(theirSide).en}, our record says failed. The wallet is being asked; money that it confirms is booked, or goes back by itself.`,
  }),
  not_booked: ({ zh, en, ours }) => ({
    zh: `成功的${zh} ${ours} 在账本里没有分录。请用 hutong ledger verify 核对账本。`,
    en: `A ${en} of ${ours} that succeeded is not in the ledger. Check the ledger with hutong ledger verify.`,
  }),
  booked_otherwise: ({ zh, en, ours, theirs }) => ({
    zh: `${zh}记录为 ${ours}，账本分录为 ${theirs}。请用 hutong ledger verify 核对账本。`,
    en: `The record of the ${en} says ${ours}, its ledger transfer ${theirs}. Check the ledger with hutong ledger verify.`,
  }),
  booked_without_record: ({ zh, en, theirs }) => ({
    zh: `账本里有一笔${zh}分录 ${theirs}，没有对应的成功记录。请用 hutong ledger verify 核对账本。`,
    en: `The ledger has a ${en} of ${theirs} without a record that succeeded. Check the ledger with hutong ledger verify.`,
  }),
};

/** What a line says of how far it came; some wallets list refunds when they are asked for. */
function saysOf(theirs: BreakSide): Explanation {
  return theirs['says'] === 'submitted' ? { zh: '已提交', en: 'was submitted' } : { zh: '已成功', en: 'succeeded' };
}

function explainEvidence(evidence: Readonly<Record<string, string>>): Explanation | null {
  const { told_on: toldOn, undone_on: undoneOn, answer, asked_at: askedAt, detail } = evidence;
  if (toldOn !== undefined) return { zh: `该笔已出现在 ${toldOn} 的账单中。`, en: `It came in the bill of ${toldOn}.` };
  if (undoneOn !== undefined)
    return {
      zh: `${undoneOn} 的账单显示这笔付款已被撤销退回，双方一致。`,
      en: `The bill of ${undoneOn} says that the payment was taken back: both sides agree.`,
    };
  if (answer === undefined) return null;
  const amount = amountOf(evidence);
  const said = detail === undefined ? '' : ` (${detail})`;
  return answer === 'succeeded'
    ? { zh: `${askedAt} 钱包答复：成功 ${amount}。`, en: `Asked at ${askedAt}, the wallet said: succeeded, ${amount}.` }
    : { zh: `${askedAt} 钱包答复：${answer}${said}。`, en: `Asked at ${askedAt}, the wallet said: ${answer}${said}.` };
}

function amountOf(side: Readonly<Record<string, string>> | null): string {
  const { currency, amount_minor: minor } = side ?? {};
  return isCurrency(currency) && minor !== undefined ? formatMoney(money(currency, BigInt(minor))) : '?';
}

/** What is settled, where that is not the whole amount. */
function settledOf(side: BreakSide): string {
  const settled = side['settled_minor'];
  return amountOf(settled === undefined ? side : { ...side, amount_minor: settled });
}

/** Thousandths as minor units: `1234` is 1.234. */
function milli(side: BreakSide): string {
  const text = side['fee_milli'];
  if (text === undefined) return '?';
  const sign = text.startsWith('-') ? '-' : '';
  const digits = text.replace('-', '').padStart(4, '0');
  const fraction = digits.slice(-3).replace(/0+$/, '');
  return `${sign}${digits.slice(0, -3)}${fraction === '' ? '' : `.${fraction}`}`;
}
