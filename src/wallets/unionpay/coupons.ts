import { WALLET_DISCOUNTS_MAX } from '../../base/limits.ts';
import { readUtf8 } from '../form.ts';
import { plainText } from '../plain-text.ts';
import type { DiscountsRead } from '../reported-discounts.ts';
import type { ReportedDiscount } from '../wallet.ts';
import type { Fields } from './parse.ts';

type Part = ReportedDiscount['parts'][number];
type Row = Readonly<Record<string, unknown>>;

const UNIONPAY = '00010000';

/**
 * What was taken off a payment, or by a refund given back: one activity at most, one row for each who pays a part, so that the
 * parts always sum. Public samples show couponInfo as JSON and as base64 of JSON; both are read. Its types (DD01 random, CP01
 * automatic, CP02 claimed) change no money and may become more, so they are not looked at; neither is what a buyer paid, which
 * no field tells. Source: UnionPay, couponInfo.
 */
export function readCoupons(fields: Fields): DiscountsRead {
  const text = fields['couponInfo'];
  if (text === undefined || text === '') return null;
  const rows = readRows(text);
  if (rows === null) return 'unreadable';
  const discounts = new Map<string, ReportedDiscount & { parts: Part[] }>();
  const itemOffers = itemOffersIn(fields);
  for (const row of rows) {
    const part = toPart(row);
    if (part === null) return 'unreadable';
    const walletOfferId = plainText(textIn(row, 'id'), 64);
    const discount = discounts.get(walletOfferId) ?? {
      walletOfferId,
      name: plainText(textIn(row, 'desc'), 100),
      scope: itemOffers.includes(walletOfferId) ? 'item' : 'order',
      minor: 0n,
      prefunded: false,
      parts: [],
    };
    if (part.minor > 0n) discount.parts.push(part);
    discounts.set(walletOfferId, { ...discount, minor: discount.minor + part.minor });
  }
  return [...discounts.values()].filter(({ minor }) => minor > 0n);
}

/** Who pays stands in spnsrId: UnionPay's own number, a bank's of 8, a merchant's of 15 signs. Source: UnionPay, couponInfo. */
function toPart(row: Row): Part | null {
  const fen = textIn(row, 'offstAmt');
  if (!/^[0-9]{1,12}$/.test(fen)) return null;
  const sponsor = plainText(textIn(row, 'spnsrId'), 20);
  const minor = BigInt(fen);
  if (sponsor === UNIONPAY) return { funder: 'wallet', owner: null, minor };
  if (sponsor.length === 8) return { funder: 'bank', owner: sponsor, minor };
  if (sponsor.length === 15) return { funder: 'merchant', owner: null, minor };
  return { funder: 'other', owner: sponsor === '' ? null : sponsor, minor };
}

/** The numbers of activities that were about single goods. Source: UnionPay, issAddnData, dctDetail. */
function itemOffersIn(fields: Fields): string[] {
  const data = readJson(fields['issAddnData'] ?? '');
  const details = isRow(data) && Array.isArray(data['dctDetail']) ? data['dctDetail'] : [];
  return details.filter(isRow).map((detail) => textIn(detail, 'dctId'));
}

function readRows(text: string): readonly Row[] | null {
  const value = readJson(text);
  const rows: unknown[] = Array.isArray(value) ? value : [value];
  return rows.length <= WALLET_DISCOUNTS_MAX && rows.every(isRow) ? rows : null;
}

/** JSON, or base64 of it; undefined when it is neither. */
function readJson(text: string): unknown {
  const plain = /^\s*[[{]/.test(text) ? text : readUtf8(Buffer.from(text, 'base64'));
  try {
    const value: unknown = JSON.parse(plain ?? '');
    return value;
  } catch {
    return undefined;
  }
}

function textIn(row: Row, name: string): string {
  const value = row[name];
  return typeof value === 'string' ? value : '';
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
