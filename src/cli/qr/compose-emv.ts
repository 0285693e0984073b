import type { HeldQrCode } from '../../cashier/operator-reads.ts';
import { money } from '../../money/money.ts';
import { buildEmv } from '../../qr/build-emv.ts';
import { currencyNumber, type EmvCode, type EmvSystem, emvAmount, readUnionPayAccount } from '../../qr/emv.ts';
import type { EmvItem } from '../../qr/emv-items.ts';
import { CliError, UsageError } from '../command.ts';
import { explainFault } from './describe-emv.ts';

/** What an EMVCo code needs beside what the shop's code has; each as it was typed. */
export interface EmvWish {
  mcc: string;
  city: string;
  /** In Latin letters; null takes the shop's, where that is. */
  name: string | null;
  /** Null takes the shop's, where that is not in Latin letters. */
  localName: string | null;
  localCity: string | null;
  country: string;
  postcode: string | null;
  /** UnionPay's account: 31 characters. */
  unionpay: string | null;
  /** `26:com.example.pay,01=M001`, several parted by `;`. */
  template: string | null;
  store: string | null;
  terminal: string | null;
}

/** EMVCo's own alphabet of names: what every reader can show. */
const LATIN = /^[\x20-\x7e]+$/;

/** The EMVCo text of a shop's code. @throws UsageError, CliError with the rule of EMVCo's that it would break */
export function composeEmv({ code, shop }: HeldQrCode, wish: EmvWish): string {
  const { store, terminal } = wish;
  const name = wish.name ?? (LATIN.test(shop.name) ? shop.name : null);
  if (name === null)
    throw new UsageError(`--name is missing: EMVCo wants the shop's name in Latin letters, and ${shop.name} is not`);
  checkLatin({ name, city: wish.city, postcode: wish.postcode, store, terminal, template: wish.template });
  const emv: EmvCode = {
    initiation: 'static',
    accounts: accountsOf(wish.unionpay),
    systems: systemsOf(wish.template),
    categoryCode: wish.mcc,
    currencyNumber: currencyNumber(code.currency),
    amount: code.amountMinor === null ? null : emvAmount(money(code.currency, code.amountMinor)),
    tip: null,
    country: wish.country,
    merchantName: name,
    city: wish.city,
    postcode: wish.postcode,
    additional: { ...(store === null ? {} : { storeLabel: store }), ...(terminal === null ? {} : { terminal }) },
    localized: localizedOf(wish, shop.name),
    unreserved: [],
  };
  const built = buildEmv(emv);
  if (built.kind === 'refused')
    throw new CliError(`EMVCo does not allow this code: ${explainFault(built)}.${hintFor(built.tag)}`);
  return built.text;
}

/** Chinese stands in template 64, beside the Latin name. */
function localizedOf({ localName, localCity }: EmvWish, shopName: string): EmvCode['localized'] {
  const merchantName = localName ?? (LATIN.test(shopName) ? null : shopName);
  if (merchantName === null) {
    if (localCity !== null) throw new UsageError('--local-city needs --local-name: template 64 has a name first');
    return null;
  }
  return { language: 'ZH', merchantName, city: localCity };
}

function checkLatin(texts: Readonly<Record<string, string | null>>): void {
  for (const [option, text] of Object.entries(texts))
    if (text !== null && !LATIN.test(text))
      throw new UsageError(
        `--${option}: EMVCo takes Latin letters, digits and signs there; Chinese goes to --local-name and --local-city`,
      );
}

function accountsOf(unionpay: string | null): EmvItem[] {
  if (unionpay === null) return [];
  const account = readUnionPayAccount(unionpay);
  if (account?.acquirer === null || account === null)
    throw new UsageError(
      '--unionpay has 31 characters: the acquirer (8 digits), the forwarding institution (8 digits) and the merchant (15)',
    );
  return [{ tag: '15', value: unionpay }];
}

const TEMPLATE_FORM = '--template is such as 26:com.example.pay,01=M001, with ; between several';

function systemsOf(text: string | null): EmvSystem[] {
  if (text === null) return [];
  return text.split(/;(?=\d\d:)/).map((one) => {
    const [, tag = '', rest = ''] = /^(\d\d):(.+)$/su.exec(one) ?? [];
    if (tag === '') throw new UsageError(TEMPLATE_FORM);
    if (Number(tag) < 26 || Number(tag) > 51) throw new UsageError(`--template: ${tag} is not one of 26 to 51`);
    const [id = '', ...fields] = rest.split(/,(?=\d\d=)/);
    return { tag, id, fields: fields.map((field) => ({ tag: field.slice(0, 2), value: field.slice(3) })) };
  });
}

const HINTS: Readonly<Record<string, string>> = {
  '02-51': ' Give --unionpay or --template.',
  '52': ' --mcc is four digits (ISO 18245), such as 5812.',
  '58': ' --country is two capital letters, such as CN.',
  '59': ' --name has at most 25 characters.',
  '60': ' --city has at most 15 characters.',
  '61': ' --postcode has at most 10 characters.',
  '62.03': ' --store has at most 25 characters.',
  '62.07': ' --terminal has at most 25 characters.',
  '64.01': ' --local-name has at most 25 characters.',
  '64.02': ' --local-city has at most 15 characters.',
};

function hintFor(tag: string): string {
  return HINTS[tag] ?? '';
}
