import { type Command, UsageError } from './command.ts';
import { linkWord } from './link.ts';
import { printRows, toJson } from './print.ts';
import type { Input } from './input.ts';
import type { TakeDown } from '../links/safety/reports.ts';
import type { ReadyLink } from '../links/link.ts';
import { findLink, OPERATOR, withLinks } from './with-links.ts';

const ITEMS_USUAL = 20;
const ITEMS_MAX = 1000;
const note = { value: 'text', what: 'what was found, for whoever asks later', required: true } as const;
const WHAT = ['link', 'host', 'merchant'] as const;

/** What people reported, and what is done about it. */
export const linkReportCommands: readonly Command[] = [
  {
    name: 'link report list',
    summary: 'List the links that people reported and nobody has looked at, the most reported first',
    words: [{ ...linkWord, what: `${linkWord.what}; its reports one by one`, optional: true }],
    options: { limit: { value: 'count', what: `how many at most; ${ITEMS_USUAL} when left out` } },
    json: true,
    examples: ['hutong link report list', 'hutong link report list Ab3dEf7h'],
    async run(deps, input) {
      const itemsMax = input.count('limit', { min: 1, max: ITEMS_MAX }) ?? ITEMS_USUAL;
      await withLinks(deps, async (links) => {
        if (input.word('link') === '') {
          printRows(
            deps.terminal,
            input.json,
            await links.reports.waiting(OPERATOR, itemsMax),
            [
              { title: 'LINK', show: (row) => row.code },
              { title: 'LEADS TO', show: (row) => row.targetHost ?? 'a page of ours' },
              { title: 'REPORTS', show: (row) => `${row.openCount}`, right: true },
              { title: 'NETWORKS', show: (row) => `${row.networksCount}`, right: true },
              { title: 'FOR', show: (row) => row.reasons.map(({ reason, count }) => `${reason} ${count}`).join(', ') },
              { title: 'NOW', show: (row) => row.brake ?? '-' },
              { title: 'LAST', show: (row) => row.lastAt.toISOString() },
            ],
            'No report waits.',
          );
          return;
        }
        const { link } = await findLink(links, input.word('link'));
        const wish = { viewer: OPERATOR, state: null, linkId: link.id, before: null, itemsMax };
        printRows(
          deps.terminal,
          input.json,
          (await links.reports.list(wish)).data,
          [
            { title: 'ID', show: (row) => row.id },
            { title: 'AT', show: (row) => row.createdAt.toISOString() },
            { title: 'STATE', show: (row) => row.state },
            { title: 'FOR', show: (row) => row.reason },
            { title: 'WORDS', show: (row) => row.words ?? '-' },
          ],
          'Nobody has reported it.',
        );
      });
    },
  },
  {
    name: 'link report dismiss',
    summary: 'Close the reports of a link: nothing is wrong with it',
    words: [linkWord],
    options: { note },
    json: true,
    examples: ['hutong link report dismiss Ab3dEf7h --note "a real shop; somebody is annoyed"'],
    async run(deps, input) {
      await withLinks(deps, async (links) => {
        const { link } = await findLink(links, input.word('link'));
        const verdict = { kind: 'dismissed' } as const;
        const wish = { actor: OPERATOR, linkId: link.id, verdict, note: input.required('note') };
        const done = await links.reports.resolve(wish);
        if (input.json) deps.terminal.print(toJson(done));
        else deps.terminal.print(`Reports that are closed: ${done.reports}.`);
      });
    },
  },
  {
    name: 'link report take-down',
    summary: 'Take down a link that was reported, or all links of its host or its owner, and close its reports',
    words: [linkWord],
    options: {
      note,
      all: {
        value: 'of',
        what: 'host or merchant: every link that leads there or is theirs, and none is made any more',
      },
    },
    json: true,
    examples: [
      'hutong link report take-down Ab3dEf7h --note "asks for passwords"',
      'hutong link report take-down Ab3dEf7h --all host --note "the whole shop is false"',
    ],
    async run(deps, input) {
      await withLinks(deps, async (links) => {
        const ready = await findLink(links, input.word('link'));
        const verdict = { kind: 'upheld', takeDown: whatOf(input, ready) } as const;
        const wish = { actor: OPERATOR, linkId: ready.link.id, verdict, note: input.required('note') };
        const done = await links.reports.resolve(wish);
        if (input.json) deps.terminal.print(toJson(done));
        else deps.terminal.print(`Links taken down: ${done.links}. Reports that are closed: ${done.reports}.`);
      });
    },
  },
];

/** @throws UsageError */
function whatOf(input: Input, { link }: ReadyLink): TakeDown {
  const kind = WHAT.find((one) => one === (input.text('all') ?? 'link'));
  switch (kind) {
    case 'link':
      return { kind, id: link.id };
    case 'host':
      if (link.page === null) throw new UsageError('--all host: this link leads to a page of ours');
      return { kind, id: new URL(link.page).host };
    case 'merchant':
      if (link.owner.kind === 'user') throw new UsageError('--all merchant: this link is a person’s');
      return { kind, id: link.owner.merchantId };
    case undefined:
      throw new UsageError('--all is host or merchant');
    default:
      return kind satisfies never;
  }
}
