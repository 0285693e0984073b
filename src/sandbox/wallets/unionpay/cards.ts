/** The payer's pretend cards in the pretend app. The banks do not exist; the numbers are masked from birth. */
export interface PretendCard {
  bank: { zh: string; en: string };
  /** The bank's colour on the page. */
  tint: string;
  accNo: string;
  /** UnionPay: 01 debit, 02 credit. */
  payCardType: '01' | '02';
  /** What its issuer always answers; null when it pays. */
  refusal: string | null;
}

export const CARDS: readonly PretendCard[] = [
  {
    bank: { zh: '梧桐银行', en: 'Wutong Bank' },
    tint: 'green',
    accNo: '6216***********0018',
    payCardType: '01',
    refusal: null,
  },
  {
    bank: { zh: '长桥银行', en: 'Longbridge Bank' },
    tint: 'blue',
    accNo: '6258***********6688',
    payCardType: '02',
    refusal: null,
  },
  {
    bank: { zh: '青禾银行', en: 'Qinghe Bank' },
    tint: 'amber',
    accNo: '6217***********0064',
    payCardType: '01',
    refusal: '64',
  },
  {
    bank: { zh: '北辰银行', en: 'Polaris Bank' },
    tint: 'violet',
    accNo: '6225***********0063',
    payCardType: '02',
    refusal: '63',
  },
];

/** The usual card when nobody picks one. */
export function cardAt(index: number): PretendCard {
  const card = CARDS[index];
  if (card === undefined) throw new RangeError(`there is no card ${index}`);
  return card;
}
