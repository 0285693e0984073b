import type { LinkKind } from '../link.ts';

/** What scanning a card's code does. A card is one picture for everybody, so both languages stand on it. */
export const cardTexts: Record<LinkKind, { chinese: string; english: string }> = {
  page: { chinese: '扫码打开', english: 'Scan to open' },
  pay: { chinese: '扫码付款', english: 'Scan to pay' },
  group: { chinese: '扫码一起付', english: 'Scan to pay together' },
  collect: { chinese: '扫码付我的一份', english: 'Scan to pay a share' },
};
