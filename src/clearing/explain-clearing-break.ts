import { formatMoney, money } from '../money/money.ts';
import type { ClearingBreak, ClearingCause, ClearingFacts, ClearingResolution } from './clearing.ts';

export interface Explanation {
  zh: string;
  en: string;
}

/** What is the matter and what comes next, in a sentence or two, for people who have never seen the code. */
export function explainClearingBreak(
  one: Pick<ClearingBreak, 'cause' | 'side' | 'ours' | 'theirs' | 'resolution' | 'evidence' | 'note'>,
): Explanation {
  const ours = one.ours ?? {};
  const theirs = one.theirs ?? {};
  const side = one.side === 'credit' ? { zh: '转入', en: 'credit' } : { zh: '转出', en: 'debit' };
  const { zh, en } = WORDS[one.cause]({ ours, theirs, side });
  if (one.resolution === null) return { zh, en };
  const end = ENDS[one.resolution](one.evidence ?? {}, one.note ?? '');
  return { zh: `${zh}${end.zh}`, en: `${en} ${end.en}` };
}

interface Facts {
  ours: ClearingFacts;
  theirs: ClearingFacts;
  side: Explanation;
}

const WORDS: Readonly<Record<ClearingCause, (facts: Facts) => Explanation>> = {
  not_in_file: ({ ours, side }) => ({
    zh: `我方有一笔已成功的${side.zh} ${show(ours)}（尾号 ${ours['last4']}），清算文件里没有。后一日的文件若有，会自动了结；否则请人工核对。`,
    en: `We have a ${side.en} of ${show(ours)} (card ending ${ours['last4']}) that was done; the switch's file does not. A later file that has it ends this; else a person has to look.`,
  }),
  no_record: ({ theirs }) => ({
    zh: `清算文件第 ${theirs['row_no']} 行 ${show(theirs)}（尾号 ${theirs['last4']}）在本系统没有记录，例如从旧备份恢复过数据。请人工核对。`,
    en: `Row ${theirs['row_no']} of the file, ${show(theirs)} (card ending ${theirs['last4']}), is nothing that we have a record of, as after restoring an old backup. A person has to look.`,
  }),
  amount: ({ ours, theirs, side }) => ({
    zh: `同一笔${side.zh}，我方记 ${show(ours)}，清算文件记 ${show(theirs)}。金额不符从不自动处理，请人工核对。`,
    en: `One ${side.en}: we have ${show(ours)}, the file has ${show(theirs)}. A difference in amounts is never settled by itself; a person has to look.`,
  }),
  card: ({ ours, theirs, side }) => ({
    zh: `同一笔${side.zh} ${show(ours)}，我方卡尾号 ${ours['last4']}（机构 ${ours['issuer']}），清算文件尾号 ${theirs['last4']}（机构 ${theirs['issuer']}）。请人工核对。`,
    en: `One ${side.en} of ${show(ours)}: our card ends ${ours['last4']} (institution ${ours['issuer']}), the file's ${theirs['last4']} (${theirs['issuer']}). A person has to look.`,
  }),
  direction: ({ ours, theirs, side }) => ({
    zh: `我方记为${side.zh} ${show(ours)}，清算文件的交易处理码是 ${theirs['processing']}，方向相反。请人工核对。`,
    en: `We have a ${side.en} of ${show(ours)}; the file's processing code ${theirs['processing']} says the other way. A person has to look.`,
  }),
  refused_here: ({ ours, theirs, side }) => ({
    zh: `清算文件有这笔${side.zh} ${show(theirs)}，我方记为银行已拒绝（${ours['rrn']}）。请人工核对。`,
    en: `The file has this ${side.en} of ${show(theirs)}; our record says that the bank refused it (${ours['rrn']}). A person has to look.`,
  }),
  reversed_here: ({ theirs }) => ({
    zh: `清算文件有这笔转出 ${show(theirs)}，我方记为已冲正。后一日的文件若有冲正，会自动了结；否则请人工核对。`,
    en: `The file has this debit of ${show(theirs)}; our record says that it was given back. A later file with the reversal ends this; else a person has to look.`,
  }),
  still_unknown: ({ theirs, side }) => ({
    zh: `清算文件有这笔${side.zh} ${show(theirs)}，我方仍在处理中。请查看该笔转账。`,
    en: `The file has this ${side.en} of ${show(theirs)}; ours is still under way. Look at the move.`,
  }),
  other_day: ({ ours, theirs }) => ({
    zh: `这笔 ${show(theirs)} 银行应答的清算日是 ${ours['settlement_day'] || '空'}，却出现在另一日的文件里。请人工核对。`,
    en: `The bank's reply put this ${show(theirs)} on ${ours['settlement_day'] || 'no day'}, and it stands in the file of another day. A person has to look.`,
  }),
  reversal_unknown_here: ({ theirs }) => ({
    zh: `清算文件第 ${theirs['row_no']} 行冲正了 ${show(theirs)}，本系统当日没有这笔冲正。请人工核对。`,
    en: `Row ${theirs['row_no']} of the file takes back ${show(theirs)}; on that day we have no such reversal. A person has to look.`,
  }),
  repeated: ({ theirs }) => ({
    zh: `清算文件第 ${theirs['row_no']} 行 ${show(theirs)} 与已出现过的一行是同一笔交易，可能重复清算。请人工核对。`,
    en: `Row ${theirs['row_no']} of the file, ${show(theirs)}, is a message that has stood before: it may be settled twice. A person has to look.`,
  }),
  not_booked: ({ ours, side }) => ({
    zh: `已成功的${side.zh} ${show(ours)} 在账本里没有分录。请用 hutong ledger verify 核对账本。`,
    en: `A ${side.en} of ${show(ours)} that was done is not in the ledger. Check the ledger with hutong ledger verify.`,
  }),
  booked_otherwise: ({ ours, theirs }) => ({
    zh: `记录为 ${show(ours)}（${ours['settlement_day']}），账本分录为 ${show(theirs)}（${theirs['settlement_day']}）。请用 hutong ledger verify 核对账本。`,
    en: `The record says ${show(ours)} (${ours['settlement_day']}), its ledger transfer ${show(theirs)} (${theirs['settlement_day']}). Check the ledger with hutong ledger verify.`,
  }),
  file_and_legs: ({ ours, theirs }) => ({
    zh: `清算文件净额 ${show(theirs)}，我方净额 ${show(ours)}，逐笔差异不能解释。请人工核对。`,
    en: `The file comes to ${show(theirs)}, our legs to ${show(ours)}, and the breaks do not explain it. A person has to look.`,
  }),
  legs_and_ledger: ({ ours, theirs }) => ({
    zh: `我方净额 ${show(ours)}，账本当日清算净额 ${show(theirs)}。请用 hutong ledger verify 核对账本。`,
    en: `Our legs come to ${show(ours)}, the ledger of that day to ${show(theirs)}. Check the ledger with hutong ledger verify.`,
  }),
};

const ENDS: Readonly<Record<ClearingResolution, (evidence: ClearingFacts, note: string) => Explanation>> = {
  told_in_later_file: (evidence) => ({
    zh: `已在 ${evidence['told_on']} 的文件中出现。`,
    en: `It stands in the file of ${evidence['told_on']}.`,
  }),
  reversed_in_later_file: (evidence) => ({
    zh: `已在 ${evidence['reversed_on']} 的文件中冲正。`,
    en: `It is taken back in the file of ${evidence['reversed_on']}.`,
  }),
  closed_by_operator: (_evidence, note) => ({ zh: `已人工了结：${note}`, en: `Closed by a person: ${note}` }),
};

/** Sums may be negative: more was given than taken. */
function show(facts: ClearingFacts): string {
  const minor = BigInt(facts['amount_minor'] ?? '0');
  return minor < 0n ? `-${formatMoney(money('CNY', -minor))}` : formatMoney(money('CNY', minor));
}
