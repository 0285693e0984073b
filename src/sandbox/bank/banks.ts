import type { Words } from '../wallets/ground/ground.ts';

/** A pretend issuer. Its name and prefixes are a real bank's; its people, cards and limits are ours. */
export interface Bank {
  code: string;
  /** Eight digits: how the switch knows it (F100). */
  institution: string;
  name: Words;
  debit: CardShape;
  credit: CardShape;
  /** What its debit cards may send out, unless a card has limits of its own. */
  paymentMaxFen: bigint;
  dayMaxFen: bigint;
}

export interface CardShape {
  prefix: string;
  length: number;
}

const CARD_DAY_FEN = 20_000_000n;
const PAYMENT_FEN = 5_000_000n;

function bank(
  code: string,
  institution: string,
  names: readonly [string, string],
  debit: CardShape,
  credit: CardShape,
  limits: readonly [bigint, bigint] = [PAYMENT_FEN, CARD_DAY_FEN],
): Bank {
  const name = { zh: names[0], en: names[1] };
  return { code, institution, name, debit, credit, paymentMaxFen: limits[0], dayMaxFen: limits[1] };
}

const shape = (prefix: string, length: number): CardShape => ({ prefix, length });

/** Institution numbers as they stand in F32 and F100; prefixes as `bankcardinfo` has them (a test compares). The limits are invented. */
export const banks: readonly Bank[] = [
  bank('ICBC', '01020000', ['工商银行', 'ICBC'], shape('622202', 19), shape('427020', 16)),
  bank('ABC', '01030000', ['农业银行', 'Agricultural Bank'], shape('622848', 19), shape('404119', 16)),
  bank('BOC', '01040000', ['中国银行', 'Bank of China'], shape('621661', 19), shape('625908', 16)),
  bank('CCB', '01050000', ['建设银行', 'CCB'], shape('621284', 19), shape('625362', 16)),
  bank('COMM', '03010000', ['交通银行', 'BOCOM'], shape('622260', 19), shape('458123', 16)),
  bank('CITIC', '03020000', ['中信银行', 'CITIC'], shape('622690', 16), shape('403391', 16)),
  bank('CEB', '03030000', ['光大银行', 'Everbright'], shape('622662', 16), shape('622657', 16)),
  bank('CMBC', '03050000', ['民生银行', 'Minsheng'], shape('622622', 16), shape('407405', 16)),
  bank('CMB', '03080000', ['招商银行', 'CMB'], shape('622588', 16), shape('439188', 16)),
  bank('CIB', '03090000', ['兴业银行', 'Industrial Bank'], shape('622909', 18), shape('461982', 16)),
  bank('SPDB', '03100000', ['浦发银行', 'SPDB'], shape('622521', 16), shape('404738', 16)),
  bank('PSBC', '04030000', ['邮储银行', 'Postal Savings'], shape('622188', 19), shape('622810', 16), [
    2_000_000n,
    10_000_000n,
  ]),
];

const byCode = new Map(banks.map((one) => [one.code, one]));
const byInstitution = new Map(banks.map((one) => [one.institution, one]));
const byShape = new Map(
  banks.flatMap((one) => [one.debit, one.credit].map((card) => [`${card.length} ${card.prefix}`, one] as const)),
);

export function findBank(code: string): Bank | null {
  return byCode.get(code) ?? null;
}

export function findInstitution(institution: string): Bank | null {
  return byInstitution.get(institution) ?? null;
}

/** Whom the switch asks about a card: by its length and prefix, as every switch does. */
export function routeCard(number: string): Bank | null {
  return byShape.get(`${number.length} ${number.slice(0, 6)}`) ?? null;
}
