import { type Command, type Terminal, UsageError } from '../command.ts';
import { padEnd, toJson, widthOf } from '../print.ts';
import { createStyle } from '../style.ts';
import { publicUrlOf } from '../with-operator.ts';
import type { EmvField } from './describe-emv.ts';
import { describeText, type TextDescription } from './describe-text.ts';

/** No QR code holds more: version 40, digits alone. */
const TEXT_CHARS_MAX = 7089;

export const qrReadCommand: Command = {
  name: 'qr read',
  summary: 'Say what a scanned text is: whose code, and every field of it',
  words: [{ name: 'text', what: 'what the scanner says, in quotes; - reads it from standard input' }],
  json: true,
  notes: [
    'Knows our own codes, the codes and payment codes of the wallets by their form, and EMVCo codes field by field.',
    'Nobody is asked and nothing is opened. A payment code (付款码) is money: give it by standard input.',
  ],
  examples: ['hutong qr read "00020101021115314800…6304A60A"', 'hutong qr read - < scanned.txt'],
  async run(deps, input) {
    const word = input.word('text');
    const text = word === '-' ? await deps.terminal.readInput() : word;
    if (text.length > TEXT_CHARS_MAX) throw new UsageError(`no code holds more than ${TEXT_CHARS_MAX} characters`);
    const settings = deps.readSettings();
    const description = describeText(text, {
      publicUrl: publicUrlOf(settings),
      simulatorPorts: settings.mode === 'sandbox' ? settings.simulatorPorts : {},
    });
    if (input.json) deps.terminal.print(toJson(description));
    else printDescription(deps.terminal, description);
  },
};

function printDescription(terminal: Terminal, { what, fields, fault, next }: TextDescription): void {
  const style = createStyle(terminal.hasColour);
  terminal.print(what);
  if (fault !== null) terminal.print(style.bad(`✗ ${fault}`));
  for (const line of layOutFields(fields)) terminal.print(line);
  if (next !== null) terminal.note(`More about it: ${next}`);
}

/** Tag, name, value and meaning in columns. What came from outside is shown so that a terminal does not act on it. */
function layOutFields(fields: readonly EmvField[]): string[] {
  const widest = (of: (field: EmvField) => string): number => Math.max(0, ...fields.map((field) => widthOf(of(field))));
  const [tagWidth, nameWidth] = [widest(({ tag }) => tag), widest(({ name }) => name)];
  return fields.map(({ tag, name, value, meaning }) => {
    const start = tagWidth === 0 ? '' : `${padEnd(tag, tagWidth)}  `;
    return `  ${start}${padEnd(name, nameWidth)}  ${visible(value)}${meaning === null ? '' : `  (${meaning})`}`;
  });
}

/** Control and direction signs as their numbers: a code must not paint on the terminal of whoever looks at it. */
function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
