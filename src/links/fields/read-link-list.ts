import { type CampaignFile, readCampaignFile } from '../../offers/read-campaign-file.ts';
import { formatMinor, isCurrency, money } from '../../money/money.ts';
import { same } from '../../offers/say.ts';
import type { Label } from '../../wallets/wallet-names.ts';
import type { LinkTexts } from './field-sheet.ts';
import { both, isLinkField, type LinkField } from './link-fields.ts';
import { type LinkWish, type LinkWishes, type PlacedFault, unknownField } from './link-wish.ts';

/**
 * Links as a list in JSON or YAML. Each may be written as the API takes it (`"pay": {"amount": {"currency": "CNY", "minor": "5000"}}`) or as a
 * line of a table is (`amount: 50.00`).
 */
export function readLinkList(text: string): LinkWishes {
  const file = readCampaignFile(text);
  if (file.faults.length > 0)
    return {
      wishes: [],
      faults: file.faults.map(({ place, text: words }) => ({ place, field: null, text: same(words) })),
    };
  if (!Array.isArray(file.written))
    return { wishes: [], faults: [fault(file, '', '要是一列链接', 'it is a list of links')] };
  const faults: PlacedFault[] = [];
  const wishes = file.written.map((each: unknown, index) => readOne(file, each, `/${index}`, faults));
  return { wishes, faults };
}

function readOne(file: CampaignFile, each: unknown, at: string, faults: PlacedFault[]): LinkWish {
  const texts: Partial<Record<LinkField, string>> = {};
  const pointers = new Map<LinkField, string>();
  const members = membersOf(each);
  if (members === null) faults.push(fault(file, at, '一个链接是带字段的对象', 'a link is an object with its fields'));
  const take = (name: string, value: unknown, pointer: string): void => {
    if (value === null) return;
    if (!isLinkField(name)) {
      faults.push({ place: file.locate(pointer), field: null, text: unknownField(name) });
      return;
    }
    pointers.set(name, pointer);
    const text = textOf(value, texts);
    const words = whyNot(name, value, text, texts);
    if (words !== null) faults.push({ place: file.locate(pointer), field: name, text: words });
    else if (text !== null) texts[name] = text;
  };
  for (const [name, value] of Object.entries(members ?? {})) {
    const nested = name === 'pay' || name === 'group' ? membersOf(value) : null;
    if (nested === null) take(name, value, `${at}/${name}`);
    else for (const [inner, part] of Object.entries(nested)) take(inner, part, `${at}/${name}/${inner}`);
  }
  return { texts, locate: (field) => file.locate(pointers.get(field) ?? `${at}/${field}`) };
}

/** What is wrong with a member; null for nothing. */
function whyNot(name: LinkField, value: unknown, text: string | null, { currency }: LinkTexts): Label | null {
  if (text === null)
    return both('写文字，或同一币种的金额', 'it is a text, or an amount in the one currency of the link');
  if (name === 'currency' && currency !== undefined && currency !== text)
    return both('一个链接只有一个币种', 'a link has one currency');
  // A reader of YAML takes the zeros in front of it away.
  if (name === 'order_no' && typeof value === 'number')
    return both('订单号放在引号里', 'an order number stands in quotes');
  return null;
}

/** As people write it; null for what is neither a text nor an amount. */
function textOf(value: unknown, texts: Partial<Record<LinkField, string>>): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return peopleText(value, texts);
  return amountText(value, texts);
}

/** An amount as the API writes it; its currency is that of the link, and amounts of two currencies are none. */
function amountText(value: unknown, texts: Partial<Record<LinkField, string>>): string | null {
  const { currency, minor } = membersOf(value) ?? {};
  if (!isCurrency(currency) || !/^\d{1,18}$/.test(String(minor))) return null;
  texts.currency ??= currency;
  return texts.currency === currency ? formatMinor(money(currency, BigInt(String(minor)))) : null;
}

/** `[{"name": "Wang", "amount": …}]`. */
function peopleText(value: readonly unknown[], texts: Partial<Record<LinkField, string>>): string | null {
  const people = value.map((each) => {
    const { name, amount } = membersOf(each) ?? {};
    const text = textOf(amount, texts);
    return typeof name !== 'string' || /[;；\r\n]/.test(name) || text === null ? null : `${name} ${text}`;
  });
  return people.every((each) => each !== null) ? people.join('; ') : null;
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.fromEntries(Object.entries(value));
}

function fault(file: CampaignFile, pointer: string, chinese: string, english: string): PlacedFault {
  return { place: file.locate(pointer), field: null, text: both(chinese, english) };
}
