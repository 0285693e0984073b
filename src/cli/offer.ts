import { CAMPAIGN_FILE_BYTES_MAX, VOUCHERS_PER_CALL_MAX } from '../base/limits.ts';
import { addDays, isDay, shanghaiMidnight } from '../base/shanghai.ts';
import { readCampaignFile } from '../offers/read-campaign-file.ts';
import { readCampaign } from '../offers/read-campaign.ts';
import { type OpenedOffers, openOffers } from '../offers/open-offers.ts';
import type { ShownOffer, ShownVoucher } from '../offers/show-offer.ts';
import { CliError, type Command, type CliDeps, UsageError } from './command.ts';
import type { Input } from './input.ts';
import { offerQuoteCommand } from './offer-quote.ts';
import { printOffer, printOffers, printVouchers } from './print-offers.ts';
import { toJson } from './print.ts';
import { readFileWithin } from './read-file.ts';
import { chooseMerchant, type Operator, withOperator } from './with-operator.ts';
import { BY_OPERATOR } from './with-wallet-operator.ts';

const ITEMS_USUAL = 20;
const ITEMS_MAX = 1000;
const OPERATOR = { kind: 'operator', name: BY_OPERATOR } as const;
const merchant = { value: 'id', what: 'whose; may be left out while there is only one' };
const reason = { value: 'text', what: 'why, for whoever asks later' };
const offerWord = { name: 'offer', what: 'its id, off_…' };
const fileWord = { name: 'file', what: 'a campaign as YAML or JSON: hutong offer schema' };

/** Offers as the operator keeps them: all funders, for one shop or for everybody. */
export const offerCommands: readonly Command[] = [
  {
    name: 'offer publish',
    summary: 'Publish an offer from a campaign file: from now on it runs, within its calendar',
    words: [fileWord],
    options: {
      merchant,
      everybody: { value: null, what: "the platform's own: for all shops, or those that the campaign names" },
      reason,
    },
    json: true,
    notes: ['Look at it first: hutong offer check <file>'],
    examples: ['hutong offer publish spring.yaml', 'hutong offer publish platform.yaml --everybody'],
    async run(deps, input) {
      const campaign = await readCampaignAt(deps, input.word('file'));
      await withOffers(deps, async (offers, operator) => {
        const owner = input.flag('everybody') ? null : (await chooseMerchant(operator, input.text('merchant'))).id;
        const { body } = await offers.publish({
          actor: OPERATOR,
          merchantId: owner,
          campaign,
          reason: input.text('reason') ?? null,
          claim: null,
        });
        printShown(deps, input, body);
      });
    },
  },
  {
    name: 'offer change',
    summary: 'Give an offer the terms of another file, as a new version; what was used stays used',
    words: [offerWord, fileWord],
    options: { reason },
    json: true,
    examples: ['hutong offer change off_… spring.yaml --reason "a larger budget"'],
    async run(deps, input) {
      const campaign = await readCampaignAt(deps, input.word('file'));
      await withOffers(deps, async (offers) => {
        const id = input.word('offer');
        const { version } = await offers.get(null, id);
        const change = { actor: OPERATOR, id, fromVersion: version, campaign, claim: null };
        printShown(deps, input, (await offers.change({ ...change, reason: input.text('reason') ?? null })).body);
      });
    },
  },
  {
    name: 'offer list',
    summary: 'List the offers, newest first',
    options: {
      merchant: { value: 'id', what: 'only those that concern this shop' },
      state: { value: 'state', what: 'published or stopped' },
      limit: { value: 'count', what: `how many at most; ${ITEMS_USUAL} when left out` },
    },
    json: true,
    examples: ['hutong offer list', 'hutong offer list --state published --json'],
    async run(deps, input) {
      const state = input.text('state') ?? null;
      if (state !== null && state !== 'published' && state !== 'stopped')
        throw new UsageError('--state is published or stopped');
      const itemsMax = input.count('limit', { min: 1, max: ITEMS_MAX }) ?? ITEMS_USUAL;
      await withOffers(deps, async (offers) => {
        const page = await offers.list({ viewer: input.text('merchant') ?? null, state, before: null, itemsMax });
        printOffers(deps.terminal, input.json, page.data);
      });
    },
  },
  {
    name: 'offer show',
    summary: 'Show an offer: what it does, how its limits stand, what it cost, who did what',
    words: [offerWord],
    json: true,
    examples: ['hutong offer show off_…'],
    async run(deps, input) {
      await withOffers(deps, async (offers) => {
        const offer = await offers.get(null, input.word('offer'));
        if (input.json) deps.terminal.print(toJson(offer));
        else printOffer(deps.terminal, offer);
      });
    },
  },
  switching('offer stop', 'Stop an offer: every node knows within a second; who has begun to pay keeps it', 'stopped'),
  switching('offer resume', 'Let a stopped offer run again, with all that was used of it', 'published'),
  {
    name: 'offer vouchers',
    summary: 'Issue vouchers of an offer and print their codes, this once; without --count or --buyers, list them',
    words: [offerWord],
    options: {
      count: { value: 'count', what: `so many for whoever brings them, at most ${VOUCHERS_PER_CALL_MAX} at once` },
      buyers: { value: 'list', what: "one for each of these buyers alone, by the shop's names for them: anna,otto" },
      merchant: { value: 'id', what: "the shop whose buyers they are, where the offer is everybody's" },
      until: { value: 'day', what: 'the last day in Asia/Shanghai on which they can be used' },
      reason,
    },
    json: true,
    examples: ['hutong offer vouchers off_… --count 100 --until 2026-12-31 > codes.txt', 'hutong offer vouchers off_…'],
    async run(deps, input) {
      await withOffers(deps, async (offers) => {
        const issued = await issueOrList(offers, input);
        printVouchers(deps.terminal, input.json, issued);
      });
    },
  },
  offerQuoteCommand,
];

function switching(name: string, summary: string, to: 'stopped' | 'published'): Command {
  return {
    name,
    summary,
    words: [offerWord],
    options: { reason },
    json: true,
    examples: [`hutong ${name} off_… --reason "the budget of the quarter"`],
    async run(deps, input) {
      await withOffers(deps, async (offers) => {
        const wish = {
          actor: OPERATOR,
          id: input.word('offer'),
          to,
          reason: input.text('reason') ?? null,
          claim: null,
        };
        printShown(deps, input, (await offers.switch(wish)).body);
      });
    },
  };
}

/** The offers of the operator's book; they are read when they are asked for. */
export async function withOffers(
  deps: CliDeps,
  work: (offers: OpenedOffers, operator: Operator) => Promise<void>,
): Promise<void> {
  await withOperator(deps, async (operator) => {
    const { sql, clock, random, log, keyring } = operator.cashier;
    const offers = openOffers({ sql, clock, random, log, keyring, book: operator.book });
    try {
      await work(offers, operator);
    } finally {
      await offers.stop();
    }
  });
}

/** The campaign as it is written; every fault is told with its place. @throws CliError */
async function readCampaignAt({ terminal }: CliDeps, path: string): Promise<unknown> {
  const file = readCampaignFile((await readFileWithin(path, CAMPAIGN_FILE_BYTES_MAX)).toString('utf8'));
  const reading = file.faults.length > 0 ? null : readCampaign(file.written);
  if (reading?.kind === 'campaign') return file.written;
  const wrong = reading?.faults.map(({ pointer, text }) => ({ place: file.locate(pointer), text })) ?? file.faults;
  for (const { place, text } of wrong) terminal.note(`${path}:${place.line}:${place.column} ${text}`);
  throw new CliError(`${path} cannot be published: hutong offer check ${path} explains.`);
}

async function issueOrList(offers: OpenedOffers, input: Input): Promise<(ShownVoucher & { code?: string })[]> {
  const offerId = input.word('offer');
  const count = input.count('count', { min: 1, max: VOUCHERS_PER_CALL_MAX });
  const buyers = input.text('buyers')?.split(',');
  if (count !== undefined && buyers !== undefined) throw new UsageError('either --count or --buyers says how many');
  if (count === undefined && buyers === undefined)
    return (await offers.listVouchers({ viewer: null, offerId, before: null, itemsMax: ITEMS_MAX })).data;
  if ((buyers?.length ?? 0) > VOUCHERS_PER_CALL_MAX)
    throw new UsageError(`--buyers are at most ${VOUCHERS_PER_CALL_MAX}`);
  const until = input.text('until');
  if (until !== undefined && !isDay(until)) throw new UsageError('--until is a day such as 2026-12-31');
  const { body } = await offers.issueVouchers({
    actor: OPERATOR,
    offerId,
    buyers: buyers ?? Array.from({ length: count ?? 0 }, () => null),
    merchantId: input.text('merchant') ?? null,
    validUntil: until === undefined ? null : shanghaiMidnight(addDays(until, 1)),
    reason: input.text('reason') ?? null,
    claim: null,
  });
  const { data }: { data: (ShownVoucher & { code: string })[] } = JSON.parse(body); // as the API shows them
  return data;
}

function printShown(deps: CliDeps, input: Input, body: string): void {
  const offer: ShownOffer = JSON.parse(body); // as the API shows it
  printOffers(deps.terminal, input.json, [offer]);
}
