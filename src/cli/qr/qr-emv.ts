import { qrCodeUrl } from '../../cashier/qr-codes.ts';
import type { Command } from '../command.ts';
import type { Input } from '../input.ts';
import { printQr } from '../print-qr.ts';
import { toJson } from '../print.ts';
import { withOperator } from '../with-operator.ts';
import { composeEmv, type EmvWish } from './compose-emv.ts';
import { codeWord, findCode } from './find-code.ts';

export const qrEmvCommand: Command = {
  name: 'qr emv',
  summary: "Write a shop's code as EMVCo text, for networks that scan such codes",
  words: [codeWord],
  options: {
    mcc: { value: 'digits', what: 'merchant category code, four digits such as 5812', required: true },
    city: { value: 'text', what: 'in Latin letters', required: true },
    name: { value: 'text', what: "the shop's name in Latin letters; the merchant's own when left out" },
    'local-name': { value: 'text', what: "in Chinese; the merchant's own when left out" },
    'local-city': { value: 'text', what: 'in Chinese' },
    country: { value: 'letters', what: 'ISO 3166; CN when left out' },
    postcode: { value: 'text', what: 'of the shop' },
    unionpay: { value: 'account', what: 'tag 15: acquirer 8, forwarding institution 8, merchant 15 characters' },
    template: { value: 'template', what: "26 to 51, a payment system's: 26:com.example.pay,01=M001" },
    store: { value: 'text', what: 'the store, in tag 62' },
    terminal: { value: 'text', what: 'the till, in tag 62' },
  },
  json: true,
  notes: [
    'The amount is that of the code, if it has one. At least one account to pay to is needed: --unionpay or --template.',
    'Whoever scans this text pays that account, by the network that gave it out: unlike a payment by the address, it does not',
    'come by the cashier here.',
  ],
  examples: [
    'hutong qr emv qr_… --mcc 5812 --city Beijing --local-city 北京 --name "Hutong Tea" --unionpay 4800070248000702800070254994353',
    'hutong qr emv qr_… --mcc 5812 --city Beijing --name "Hutong Tea" --template 26:com.example.pay,01=M001',
  ],
  async run(deps, input) {
    const wish = readWish(input);
    await withOperator(deps, async (operator) => {
      const held = await findCode(operator, input.word('code'));
      const emv = composeEmv(held, wish);
      const { id, enabled } = held.code;
      const url = qrCodeUrl(operator.cashier, id);
      if (input.json) return deps.terminal.print(toJson({ id, url, emv }));
      deps.terminal.print(`Address  ${url}`);
      deps.terminal.print(`EMVCo    ${emv}`);
      await printQr(deps.terminal, emv);
      if (!enabled) deps.terminal.note(`! ${id} is switched off here; that does not switch off its EMVCo text`);
    });
  },
};

function readWish(input: Input): EmvWish {
  const text = (option: string): string | null => input.text(option) ?? null;
  return {
    mcc: input.required('mcc'),
    city: input.required('city'),
    name: text('name'),
    localName: text('local-name'),
    localCity: text('local-city'),
    country: text('country') ?? 'CN',
    postcode: text('postcode'),
    unionpay: text('unionpay'),
    template: text('template'),
    store: text('store'),
    terminal: text('terminal'),
  };
}
