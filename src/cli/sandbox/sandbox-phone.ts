import type { Command } from '../command.ts';
import { UsageError } from '../command.ts';
import { printRows } from '../print.ts';
import { reachPhone } from './reach.ts';

export const sandboxPhoneCommands: readonly Command[] = [
  {
    name: 'sandbox phone messages',
    summary: 'Show what was sent to a pretend phone, oldest first: the codes of the wallet',
    words: [{ name: 'phone', what: '11 digits, such as 13800138000' }],
    json: true,
    notes: ['The pretend phone keeps messages as long as it runs.'],
    examples: ['hutong sandbox phone messages 13800138000'],
    async run(deps, input) {
      const phone = input.word('phone');
      if (!/^1\d{10}$/.test(phone))
        throw new UsageError('hutong sandbox phone messages: <phone> is 11 digits that begin with 1');
      const { data } = await reachPhone(deps).ask('GET', `messages/${phone}`);
      printRows(
        deps.terminal,
        input.json,
        Array.isArray(data) ? (data as ShownMessage[]) : [], // a simulator of ours, by its control page
        [
          { title: 'WHEN', show: (row) => row.at },
          { title: 'MESSAGE', show: (row) => row.text },
        ],
        'Nothing was sent to it.',
      );
    },
  },
];

interface ShownMessage {
  id: string;
  text: string;
  lang: string;
  at: string;
}
