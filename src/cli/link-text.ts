import { type PastedText } from '../links/kouling/pasted-text.ts';
import { readKouling } from '../links/kouling/read-kouling.ts';
import type { Command, Terminal } from './command.ts';
import { linkWord } from './link.ts';
import { printObject, toJson } from './print.ts';
import { printQr } from './print-qr.ts';
import { findLink, withLinks } from './with-links.ts';

export const linkTextCommands: readonly Command[] = [
  {
    name: 'link text',
    summary: 'Say what a text is that somebody copied in an app: whose, with which token, title and address',
    words: [{ name: 'text', what: 'the text, in quotes; or - to read it from standard input' }],
    json: true,
    notes: [
      'Nobody is asked: the answer is from the text alone. What a token of another app stands for, that app alone can say.',
      'Tokens hold $ and other letters that shells read: single quotes keep them.',
    ],
    examples: ["hutong link text '29￥hmaFd0IpH0M￥ https://m.tb.cn/h.Uf5nC9e CZ3457'", 'pbpaste | hutong link text -'],
    async run({ terminal }, input) {
      const word = input.word('text');
      const text = readKouling(word === '-' ? await terminal.readInput() : word);
      if (input.json) terminal.print(toJson(text));
      else printText(terminal, text);
    },
  },
  {
    name: 'link qr',
    summary: 'Print a link as a code to scan from the terminal',
    words: [linkWord],
    json: false,
    examples: ['hutong link qr Ab3dEf7h'],
    async run(deps, input) {
      await withLinks(deps, async (links) => {
        const { url, link } = await findLink(links, input.word('link'));
        const scanned = new URL(url);
        scanned.searchParams.set('via', 'qr');
        await printQr(deps.terminal, scanned.href);
        deps.terminal.print(`${link.title}  ${url}`);
      });
    },
  },
];

const KINDS: Record<PastedText['kind'], string> = {
  token: 'a token that its app alone can read',
  link: 'a link',
  mini_program: 'a WeChat mini program',
  ours: 'a link of Hutong’s',
  none: 'none of the texts that are known here',
};

function printText(terminal: Terminal, text: PastedText): void {
  const { kind, app, title, token, url, shareCode, confidence, warnings } = text;
  const facts = { app, title, token, link: url, share_code: shareCode, confidence, warnings };
  terminal.print(`It is ${KINDS[kind]}.`);
  if (kind !== 'none') printObject(terminal, facts, '  ');
  else if (warnings.length > 0) terminal.print(`  ${warnings.join(', ')}`);
}
