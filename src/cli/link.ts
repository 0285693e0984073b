import { addDays, shanghaiDay } from '../base/shanghai.ts';
import { type LinkStats, readLinkStats } from '../links/count/read-link-stats.ts';
import type { LinkState, ReadyLink } from '../links/link.ts';
import { type CliDeps, type Command, UsageError } from './command.ts';
import type { Input } from './input.ts';
import { CHANGED_FIELDS, LINK_FIELD_NAMES, LINK_FIELDS } from '../links/fields/link-fields.ts';
import { readLinkChange, readNewLink } from '../links/fields/read-link-fields.ts';
import { deskRequest } from '../links/fields/wanted-link.ts';
import { linkOptions, linkTextsOf, withoutNone, wrongOption } from './link-options.ts';
import { printHistory, printLink, printLinks, shownOf } from './print-links.ts';
import { toJson } from './print.ts';
import { findLink, type LinkOperator, madeBy, OPERATOR, withLinks } from './with-links.ts';
import { chooseMerchant } from './with-operator.ts';

const ITEMS_USUAL = 20;
const ITEMS_MAX = 1000;
const STATS_DAYS_USUAL = 30;
const STATES: readonly LinkState[] = ['active', 'stopped', 'taken_down'];

export const merchantOption = { value: 'id', what: 'whose; may be left out while there is only one' };
export const linkWord = { name: 'link', what: 'its code, its address, or lnk_…' };
const reason = { value: 'text', what: 'why; its owner reads it' };
const fromVersionOption = {
  value: 'number',
  what: 'the version that you have read: nothing is written over a later one',
};

/** Share links as the operator keeps them. */
export const linkCommands: readonly Command[] = [
  {
    name: 'link create',
    summary: 'Make a link to a page of a merchant’s, or one that asks for money, and print it',
    options: {
      merchant: merchantOption,
      ...linkOptions(LINK_FIELD_NAMES),
      title: { value: 'text', what: LINK_FIELDS.title.write.en, required: true },
    },
    json: true,
    notes: [
      'The host of the page has to be proved first: hutong link host add <host>',
      'What a link of kind pay or group asks for never changes.',
      'Many at once: hutong link bulk',
    ],
    examples: [
      'hutong link create --page https://shop.example/item/42 --title 青花盖碗 --price 68.00',
      'hutong link create --page https://shop.example/sale --title Sale --expires 2026-12-31 --json',
      'hutong link create --kind pay --title 押金 --amount 50.00 --times 20',
      'hutong link create --kind group --title 周五聚餐 --total 100.00 --people "小王 40.00; 小李 60.00"',
    ],
    async run(deps, input) {
      const reading = readNewLink(linkTextsOf(input));
      if ('faults' in reading) throw wrongOption(reading.faults);
      await withLinks(deps, async (links) => {
        const { id: merchantId } = await chooseMerchant(links.operator, input.text('merchant'));
        const { body } = await links.desk.create({
          actor: madeBy(merchantId),
          book: links.operator.book,
          livemode: links.livemode,
          ...deskRequest([reading.wanted]),
          reply: 'one',
          claim: null,
        });
        const { id }: { id: string } = JSON.parse(body); // a link as the API shows it
        print(deps, input, links, [await links.desk.get(OPERATOR, id)]);
      });
    },
  },
  {
    name: 'link list',
    summary: 'List the links, newest first',
    options: {
      state: { value: 'state', what: STATES.join(', ') },
      merchant: { value: 'id', what: 'only those of this merchant' },
      limit: { value: 'count', what: `how many at most; ${ITEMS_USUAL} when left out` },
    },
    json: true,
    examples: ['hutong link list', 'hutong link list --state taken_down --json'],
    async run(deps, input) {
      const said = input.text('state');
      const state = STATES.find((one) => one === said) ?? null;
      if (said !== undefined && state === null) throw new UsageError(`--state is ${STATES.join(', ')}`);
      const itemsMax = input.count('limit', { min: 1, max: ITEMS_MAX }) ?? ITEMS_USUAL;
      await withLinks(deps, async (links) => {
        const merchantId = input.text('merchant');
        const viewer = merchantId === undefined ? OPERATOR : madeBy(merchantId);
        const page = await links.desk.list({ viewer, state, before: null, itemsMax });
        print(deps, input, links, page.data);
      });
    },
  },
  {
    name: 'link show',
    summary: 'Show a link: what it says, where it leads, how it was opened',
    words: [linkWord],
    json: true,
    examples: ['hutong link show Ab3dEf7h', 'hutong link show https://pay.example/l/Ab3dEf7h --json'],
    async run(deps, input) {
      await withLinks(deps, async (links) => {
        const ready = await findLink(links, input.word('link'));
        const stats = await readUsualStats(deps, links, ready);
        if (input.json)
          deps.terminal.print(toJson({ ...shownOf(links.where, ready), owner: ready.ownerName, counts: stats.totals }));
        else printLink(deps.terminal, ready, stats);
      });
    },
  },
  {
    name: 'link edit',
    summary: 'Change what a link says, as a new version; what is left out stays',
    words: [linkWord],
    options: { ...linkOptions(CHANGED_FIELDS), 'from-version': fromVersionOption },
    json: true,
    notes: ['"none" takes away what may be missing: --price none.', 'A price is of the currency that the link had.'],
    examples: [
      'hutong link edit Ab3dEf7h --price 58.00 --from-version 3',
      'hutong link edit lnk_… --availability out_of_stock',
    ],
    async run(deps, input) {
      const texts = linkTextsOf(input);
      if (Object.keys(texts).length === 0) throw new UsageError('hutong link edit: nothing to change was given');
      const fromVersion = fromVersionOf(input);
      await withLinks(deps, async (links) => {
        const { link } = await findLink(links, input.word('link'));
        const reading = readLinkChange(withoutNone(texts), link.price?.currency ?? 'CNY');
        if ('faults' in reading) throw wrongOption(reading.faults);
        const wish = { actor: OPERATOR, id: link.id, content: reading.content, fromVersion };
        print(deps, input, links, [await links.desk.edit(wish)]);
      });
    },
  },
  switching('link stop', 'Stop a link: who opens it reads that it is no longer there', 'stopped', false),
  switching('link resume', 'Let a link open again that was stopped or taken down', 'active', false),
  switching('link take-down', 'Take a link down, so that its owner cannot bring it back', 'taken_down', true),
  {
    name: 'link history',
    summary: 'List the versions of a link, newest first: who changed what, and why',
    words: [linkWord],
    json: true,
    examples: ['hutong link history Ab3dEf7h'],
    async run(deps, input) {
      await withLinks(deps, async (links) => {
        const { link } = await findLink(links, input.word('link'));
        printHistory(deps.terminal, input.json, await links.desk.history(OPERATOR, link.id));
      });
    },
  },
];

function switching(name: string, summary: string, state: LinkState, isReasonNeeded: boolean): Command {
  return {
    name,
    summary,
    words: [linkWord],
    options: { reason: isReasonNeeded ? { ...reason, required: true } : reason, 'from-version': fromVersionOption },
    json: true,
    examples: [`hutong ${name} Ab3dEf7h --reason "${state === 'active' ? 'all is well' : 'the offer is over'}"`],
    async run(deps, input) {
      await withLinks(deps, async (links) => {
        const { link } = await findLink(links, input.word('link'));
        const wish = { actor: OPERATOR, id: link.id, state, reason: input.text('reason') ?? null };
        print(deps, input, links, [await links.desk.setState({ ...wish, fromVersion: fromVersionOf(input) })]);
      });
    },
  };
}

function fromVersionOf(input: Input): number | null {
  return input.count('from-version', { min: 1, max: 1_000_000 }) ?? null;
}

/** Of the last days. */
async function readUsualStats({ clock }: CliDeps, { operator }: LinkOperator, { link }: ReadyLink): Promise<LinkStats> {
  const until = shanghaiDay(clock.now());
  const from = addDays(until, 1 - STATS_DAYS_USUAL);
  return await readLinkStats(operator.sql, {
    book: link.book,
    linkId: link.id,
    from,
    until,
    by: 'day',
    split: 'none',
  });
}

function print(deps: CliDeps, input: Input, { where }: LinkOperator, links: readonly ReadyLink[]): void {
  printLinks(deps.terminal, input.json, where, links);
}
