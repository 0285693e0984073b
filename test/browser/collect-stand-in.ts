import type { AskedCollection, Collection } from '../../src/app/api.ts';
import { at, yuan } from './wallet-stand-in-world.ts';

/* Collections as the pretend server of the wallet app tells them. */

/** One that somebody else has begun. */
export const ASKED: AskedCollection = {
  code: 'tea22222',
  title: '周五聚餐',
  payee_name: '**丰',
  amount: yuan(8_800n),
  people: 4,
  paid_count: 1,
  until: null,
  state: 'open',
};
/** One's own. */
export const COLLECTION: Collection = {
  collection_id: 'lnk_1',
  url: 'https://pay.example/l/tea22222',
  code: 'tea22222',
  title: '周五聚餐',
  each: yuan(8_800n),
  total: yuan(35_200n),
  people: 4,
  paid_count: 2,
  paid: yuan(17_600n),
  payers: [
    { name_masked: '*建国', amount: yuan(8_800n), state: 'paid' },
    { name_masked: '**梅', amount: yuan(8_800n), state: 'paid' },
    { name_masked: '*芳', amount: yuan(8_800n), state: 'open' },
  ],
  state: 'active',
  until: null,
  created_at: at(-600),
};
