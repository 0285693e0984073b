import { LINK_ORDER_NO_CHARS_MAX } from '../../base/link-limits.ts';
import type { Currency } from '../../money/money.ts';
import type { GivenGroup, GivenPay, GivenTerms } from '../pay/read-terms.ts';
import { amountWords, type FieldSheet, minorOf, readMinor } from './field-sheet.ts';
import { both, type LinkField, type MadeKind } from './link-fields.ts';

/** The shape of an order number of a link. */
export const LINK_ORDER_NO = `^[A-Za-z0-9][A-Za-z0-9._:-]{0,${LINK_ORDER_NO_CHARS_MAX - 1}}$`;

const ORDER_NO = new RegExp(LINK_ORDER_NO);

/** The last sign between a name and its amount. */
const BEFORE_AMOUNT = /[\s=:：＝](?=[^\s=:：＝]*$)/;
/** A name and an amount with a good deal of blanks: what is longer is not looked into. */
const PERSON_CHARS_MAX = 200;

type Amount = GivenGroup['total'];

/** How a link is paid, of what is written; whether it goes together is looked at by `readPlan`. */
export function readLinkTerms(sheet: FieldSheet, kind: MadeKind, currency: Currency): GivenTerms {
  if (kind === 'pay') return { pay: readPay(sheet, currency) };
  if (kind === 'page') return {};
  const group = readGroup(sheet, currency);
  return group === null ? {} : { group };
}

function readPay(sheet: FieldSheet, currency: Currency): GivenPay {
  const [amount, min, max] = [
    readPart(sheet, 'amount', currency),
    readPart(sheet, 'min', currency),
    readPart(sheet, 'max', currency),
  ];
  const times = readCount(sheet, 'times');
  const orderNo = sheet.text('order_no') ?? undefined;
  if (orderNo !== undefined && !ORDER_NO.test(orderNo)) sheet.wrong('order_no');
  return {
    ...(amount && { amount }),
    ...(min && { min }),
    ...(max && { max }),
    ...(times !== undefined && { times }),
    ...(orderNo !== undefined && { order_no: orderNo }),
    ...readSubject(sheet),
  };
}

/** Null where the total is missing, which is then said. */
function readGroup(sheet: FieldSheet, currency: Currency): GivenGroup | null {
  const total = readPart(sheet, 'total', currency);
  const shares = readCount(sheet, 'shares');
  const people = readPeople(sheet, currency);
  if (total === undefined) {
    sheet.wrong('total');
    return null;
  }
  return { total, ...(shares !== undefined && { shares }), ...(people && { people }), ...readSubject(sheet) };
}

function readPart(sheet: FieldSheet, field: LinkField, currency: Currency): Amount | undefined {
  const minor = readMinor(sheet, field, currency);
  return minor === undefined ? undefined : { currency, minor: `${minor}` };
}

function readCount(sheet: FieldSheet, field: LinkField): number | undefined {
  const text = sheet.text(field);
  if (typeof text !== 'string') return undefined;
  if (!/^\d{1,9}$/.test(text)) sheet.wrong(field);
  return Number(text);
}

function readSubject(sheet: FieldSheet): { subject?: string } {
  const subject = sheet.text('subject');
  return typeof subject === 'string' ? { subject } : {};
}

/**
 * `Wang 33.50; Li 66.50`, or a line for each. The amount is what stands behind the last blank: names may have blanks, and a comma stands in
 * amounts of some countries, so it parts nothing.
 */
function readPeople(sheet: FieldSheet, currency: Currency): GivenGroup['people'] {
  const text = sheet.text('people');
  if (typeof text !== 'string' || sheet.isWrong('currency')) return undefined;
  const parts = text.split(/[;；\r\n]/).filter((part) => part.trim() !== '');
  return parts.map((part) => {
    const said = part.trim();
    const { name, amount } = splitPerson(said);
    const minor = name === '' ? null : minorOf(amount, currency);
    if (minor === null) {
      const { en, 'zh-CN': chinese } = amountWords(currency);
      const short = said.slice(0, 40);
      sheet.wrong('people', both(`“${short}”：名字后面${chinese}`, `"${short}": a name, then ${en}`));
    }
    return { name, amount: { currency, minor: `${minor ?? 0n}` } };
  });
}

/** Without a name where it is no such pair. Each letter is looked at a few times, however it is written. */
function splitPerson(said: string): { name: string; amount: string } {
  const amountAt = said.length > PERSON_CHARS_MAX ? 0 : said.search(BEFORE_AMOUNT) + 1;
  return { name: said.slice(0, amountAt).replace(/[\s=:：＝]+$/, ''), amount: said.slice(amountAt) };
}
