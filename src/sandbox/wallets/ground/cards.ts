import type { Words } from './ground.ts';

/** The payer's pretend cards in the pretend app. The banks do not exist; the numbers are masked from birth. */
export interface PretendCard {
  bank: Words;
  /** The colour of the bank's sign on the page: a class of the stylesheet. */
  tint: string;
  accNo: string;
  kind: 'balance' | 'debit' | 'credit';
  /** What its issuer always answers; null when it pays. */
  refusal: 'no_funds' | 'frozen' | null;
}

export const CARDS: readonly PretendCard[] = [
  {
    bank: { zh: '梧桐银行', en: 'Wutong Bank' },
    tint: 'green',
    accNo: '6216***********0018',
    kind: 'debit',
    refusal: null,
  },
  {
    bank: { zh: '长桥银行', en: 'Longbridge Bank' },
    tint: 'blue',
    accNo: '6258***********6688',
    kind: 'credit',
    refusal: null,
  },
  {
    bank: { zh: '青禾银行', en: 'Qinghe Bank' },
    tint: 'amber',
    accNo: '6217***********0064',
    kind: 'debit',
    refusal: 'no_funds',
  },
  {
    bank: { zh: '北辰银行', en: 'Polaris Bank' },
    tint: 'violet',
    accNo: '6225***********0063',
    kind: 'credit',
    refusal: 'frozen',
  },
];

/** The ways to pay in an app, its balance first where it has one. */
export function cardsOf(balance: Words | null): readonly PretendCard[] {
  if (balance === null) return CARDS;
  return [{ bank: balance, tint: 'own', accNo: '', kind: 'balance', refusal: null }, ...CARDS];
}

/** @throws RangeError when there is no such card */
export function cardAt(index: number, hasBalance: boolean): PretendCard {
  const card = cardsOf(hasBalance ? { zh: '余额', en: 'Balance' } : null)[index];
  if (card === undefined) throw new RangeError(`there is no card ${index}`);
  return card;
}
