import { checkReturnUrl } from '../cashier/check-return-url.ts';
import { changeQrCode, createQrCode, getQrCode, pageQrCodes } from '../cashier/qr-codes.ts';
import { formatMoney, isCurrency, money } from '../money/money.ts';
import { type Command, type Terminal, UsageError } from './command.ts';
import { printQr } from './print-qr.ts';
import { printObject, printRows, toJson } from './print.ts';
import { readAmountOption, readCurrency } from './read-money.ts';
import { codeWord, findCode } from './qr/find-code.ts';
import { qrEmvCommand } from './qr/qr-emv.ts';
import { qrPosterCommand } from './qr/qr-poster.ts';
import { qrReadCommand } from './qr/qr-read.ts';
import { chooseMerchant, withOperator } from './with-operator.ts';

const ITEMS_USUAL = 20;
const ITEMS_MAX = 1000;
const LABEL_CHARS_MAX = 80;
const merchant = { value: 'id', what: 'whose; may be left out while there is only one' };

/** A code as the API shows it. */
interface ShownCode {
  id: string;
  label: string;
  currency: string;
  amount: { currency: string; minor: string } | null;
  enabled: boolean;
  url: string;
}

/** A shop's codes to scan: made, shown, printed, switched on and off, and read. */
export const qrCommands: readonly Command[] = [
  {
    name: 'qr create',
    summary: 'Make a code for a shop to print: any wallet can scan it',
    options: {
      label: { value: 'text', what: "what the buyer pays for, such as the till's name", required: true },
      amount: { value: 'amount', what: 'a fixed amount such as 3.00; the buyer types it when left out' },
      currency: { value: 'currency', what: 'ISO 4217; CNY when left out' },
      'return-url': { value: 'url', what: "where the buyer goes after paying; the code's own page when left out" },
      merchant,
    },
    json: true,
    examples: ['hutong qr create --label 前台', 'hutong qr create --label "Coffee" --amount 18.00'],
    async run(deps, input) {
      const currency = readCurrency(input.text('currency'));
      const amountMinor = readAmountOption(input.text('amount'), currency);
      const returnUrl = input.text('return-url');
      const label = input.required('label');
      if (Array.from(label).length > LABEL_CHARS_MAX)
        throw new UsageError(`--label has at most ${LABEL_CHARS_MAX} characters`);
      await withOperator(deps, async (operator) => {
        const { id } = await chooseMerchant(operator, input.text('merchant'));
        const { body } = await createQrCode(operator.cashier, {
          merchantId: id,
          label,
          currency,
          amountMinor,
          returnUrl: returnUrl === undefined ? null : checkReturnUrl(returnUrl),
          claim: null,
        });
        const code: ShownCode = JSON.parse(body); // a code as the API shows it
        await printCode(deps.terminal, input.json, code);
        if (!input.json) deps.terminal.note(`Print it: hutong qr poster ${code.id} --out poster.pdf`);
      });
    },
  },
  {
    name: 'qr list',
    summary: "List a shop's codes, newest first",
    options: { merchant, limit: { value: 'count', what: `how many at most; ${ITEMS_USUAL} when left out` } },
    json: true,
    examples: ['hutong qr list'],
    async run(deps, input) {
      const itemsMax = input.count('limit', { min: 1, max: ITEMS_MAX }) ?? ITEMS_USUAL;
      await withOperator(deps, async (operator) => {
        const { id, book } = await chooseMerchant(operator, input.text('merchant'));
        const page = await pageQrCodes(operator.cashier, { book, merchantId: id, before: null, itemsMax });
        printCodes(deps.terminal, input.json, page.data as ShownCode[]); // as the API shows them
      });
    },
  },
  {
    name: 'qr show',
    summary: "Show a shop's code, to scan from the terminal",
    words: [codeWord],
    json: true,
    examples: ['hutong qr show qr_…'],
    async run(deps, input) {
      await withOperator(deps, async (operator) => {
        const { code } = await findCode(operator, input.word('code'));
        const shown = (await getQrCode(operator.cashier, code.merchantId, code.id)) as ShownCode; // as the API shows it
        await printCode(deps.terminal, input.json, shown);
      });
    },
  },
  switching('qr disable', "Take no more payments by a shop's code: printed codes cannot be called back", false),
  switching('qr enable', "Take payments by a shop's code again", true),
  qrPosterCommand,
  qrReadCommand,
  qrEmvCommand,
];

function switching(name: string, summary: string, enabled: boolean): Command {
  return {
    name,
    summary,
    words: [codeWord],
    json: true,
    examples: [`hutong ${name} qr_…`],
    async run(deps, input) {
      await withOperator(deps, async (operator) => {
        const { code } = await findCode(operator, input.word('code'));
        const { id, merchantId } = code;
        const changed = await changeQrCode(operator.cashier, { merchantId, id, label: null, enabled });
        printCodes(deps.terminal, input.json, [changed as ShownCode]); // as the API shows it
      });
    },
  };
}

async function printCode(terminal: Terminal, isJson: boolean, code: ShownCode): Promise<void> {
  if (isJson) return terminal.print(toJson(code));
  printObject(terminal, code);
  await printQr(terminal, code.url);
}

function printCodes(terminal: Terminal, isJson: boolean, codes: readonly ShownCode[]): void {
  printRows(
    terminal,
    isJson,
    codes,
    [
      { title: 'ID', show: (row) => row.id },
      { title: 'LABEL', show: (row) => row.label },
      { title: 'AMOUNT', show: (row) => amountOf(row), right: true },
      { title: 'ENABLED', show: (row) => (row.enabled ? 'yes' : 'no') },
      { title: 'ADDRESS', show: (row) => row.url },
    ],
    'The merchant has no code yet: hutong qr create --label <text>',
  );
}

function amountOf({ amount, currency }: ShownCode): string {
  if (amount === null) return `typed, ${currency}`;
  return isCurrency(amount.currency)
    ? formatMoney(money(amount.currency, BigInt(amount.minor)))
    : `${currency} ${amount.minor}`;
}
