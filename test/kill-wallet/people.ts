import type { Person } from '../../src/sandbox/bank/card.ts';
import type { BankSandbox } from '../../src/sandbox/bank/bank.ts';
import type { PhoneSandbox } from '../../src/sandbox/phone/phone.ts';
import type { HutongWallet } from '../../src/open-wallet.ts';
import { SESSION_COOKIE } from '../../src/app/cookies.ts';
import { readCode } from '../../src/cli/wallet-sandbox.ts';
import { callPatiently, type PatientCaller } from '../kill/patient-caller.ts';

/** A card that somebody has bound, with its number as only the bank knows it. */
export interface OwnCard {
  id: string;
  number: string;
  bank: string;
  kind: 'debit' | 'credit';
  /** What was on it before anything moved; negative is owed. */
  startFen: bigint;
}

export interface Somebody {
  person: Person;
  userId: string;
  /** Two debit cards of different banks, and a credit card. */
  cards: [OwnCard, OwnCard, OwnCard];
  cookie: string;
  call: PatientCaller;
}

export const PIN = '480726';
const BANKS = ['ICBC', 'ABC', 'BOC', 'CCB', 'CMB', 'SPDB', 'CITIC'] as const;
const DEBIT_FEN = 3_000_000n;
const OWED_FEN = 900_000n;
/** Some have so little that their bank says no. */
const LITTLE_FEN = 5_000n;
const POOR_EVERY = 6;
/** One in so many has a limit of his own, which is soon reached. */
const FRUGAL_EVERY = 5;
const FRUGAL_FEN = 6_000n;

/** Signs everybody up with a PIN, binds three cards each by one tap, and makes their devices two days old. */
export async function openPeople(
  wallet: HutongWallet,
  world: { bank: BankSandbox; phone: PhoneSandbox; url: string; count: number },
): Promise<Somebody[]> {
  const people: Somebody[] = [];
  const waiting = Array.from({ length: world.count }, (_, index) => index);
  const openNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      people.push(await openOne(wallet, world, next));
  };
  await Promise.all([openNext(), openNext(), openNext(), openNext()]);
  await wallet.sql`update user_devices set created_at = created_at - interval '2 days'`;
  return people;
}

async function openOne(
  wallet: HutongWallet,
  { bank, phone, url }: { bank: BankSandbox; phone: PhoneSandbox; url: string },
  index: number,
): Promise<Somebody> {
  const [first, second, third] = [0, 1, 2].map((step) => BANKS[(index + step * 2) % BANKS.length] ?? 'ICBC');
  const balanceFen = index % POOR_EVERY === POOR_EVERY - 1 ? LITTLE_FEN : DEBIT_FEN;
  const debit = (code = 'ICBC') => ({ bank: code, kind: 'debit', balanceFen, limits: 'none' }) as const;
  const { person, cards: given } = bank.addPerson({
    name:
      `赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨`.charAt(index % 16) +
      '一二三四五六七八九'.charAt(Math.floor(index / 16)) +
      '丰',
    phone: `13800${String(138_000 + index)}`,
    cards: [debit(first), debit(second), { bank: third ?? 'ICBC', kind: 'credit', owedFen: OWED_FEN, limits: 'none' }],
  });
  const { users, cards } = wallet;
  let codeId = '';
  const code = await readCode(phone, person.phone, async () => {
    const origin = `192.0.2.${index}`;
    ({ codeId } = await users.startSignIn({ phone: person.phone, lang: 'zh-CN', origin }));
  });
  const device = { deviceName: 'test', lang: 'zh-CN', deviceToken: null } as const;
  const { session, cookie } = await users.finishSignIn({ ...device, codeId, phone: person.phone, code });
  await users.setPin(session, { pin: PIN, oldPin: null });
  const asked = await cards.findIssuers(session, { name: person.name, idNumber: person.idNumber });
  let picks: string[] = [];
  const { requestId } = asked;
  const bindCode = await readCode(phone, person.phone, async () => {
    const found = await cards.findCards(session, { requestId, banks: asked.banks.map((one) => one.bank) });
    picks = found.cards.map(({ pick }) => pick);
  });
  const bound = await cards.bindFound(session, { requestId, picks, code: bindCode });
  const own = given.map((card): OwnCard => {
    const match = bound.find(
      (one) => one.bank === card.bank && one.kind === card.kind && card.number.endsWith(one.last4),
    );
    if (match === undefined) throw new Error('a card of the bank was not bound');
    const { bank: code, kind, number, ledgerFen } = card;
    return { id: match.id, bank: code, kind, number, startFen: ledgerFen };
  });
  if (index % FRUGAL_EVERY === 0) await setOwnLimit(wallet, session.book, session.userId);
  const [one, two, three] = own;
  if (!one || !two || !three) throw new Error('a person has three cards');
  const headers = {
    cookie: `${SESSION_COOKIE}=${cookie.reveal()}`,
    'x-hutong-app': '1',
    origin: url,
    'x-forwarded-for': `198.51.100.${index}`,
  };
  return {
    person,
    userId: session.userId,
    cards: [one, two, three],
    cookie: cookie.reveal(),
    call: callPatiently(url, headers),
  };
}

async function setOwnLimit({ sql, limits }: HutongWallet, book: number, userId: string): Promise<void> {
  const prove = (): Promise<void> => Promise.resolve();
  const wanted = { book, userId, rule: 'transfer_user_day', cardId: null, max: FRUGAL_FEN, prove };
  await sql.begin((tx) => limits.setHolderLimit(tx, wanted));
}
