import type { Move } from '../transfers/transfers.ts';
import type { Names } from './api.ts';

/** What a move's state means to its owner, in one sentence: nothing is called done or failed before it is known. */
export function explainMove(move: Pick<Move, 'kind' | 'state' | 'failure'>): Names {
  const [zh, en] = move.state === 'succeeded' ? DONE[move.kind] : STATES[move.state];
  return { 'zh-CN': zh, en };
}

type Sentence = readonly [zh: string, en: string];

const DONE: Readonly<Record<Move['kind'], Sentence>> = {
  transfer: ['已到账。', 'The money has arrived.'],
  repayment: ['还款已入账。', 'The repayment is booked.'],
  purchase: ['已付款。', 'Paid.'],
  refund: ['已退回到卡上。', 'The money is back on the card.'],
};

const STATES: Readonly<Record<Exclude<Move['state'], 'succeeded'>, Sentence>> = {
  scheduled: [
    '已预约，到时间才会扣款，之前可以撤销。',
    'Planned: nothing is taken before its time, and it can be cancelled until then.',
  ],
  debiting: [
    '正在等付款银行答复，还不知道有没有扣款。',
    'Waiting for the paying bank; it is not known yet whether the money was taken.',
  ],
  crediting: ['钱已转出，正在等收款银行入账。', 'The money has left and waits for the receiving bank.'],
  reversing: [
    '没有办成，正在把钱退回，还没有退到。',
    'It did not go through; the money is on its way back and not there yet.',
  ],
  failed: ['没有办成，钱没有被扣，或者已经退回。', 'It did not go through; no money was taken, or it is back.'],
  canceled: ['已撤销，没有扣款。', 'Cancelled; no money was taken.'],
};
