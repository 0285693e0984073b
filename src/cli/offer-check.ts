import { CAMPAIGN_FILE_BYTES_MAX, CAMPAIGN_FILES_MAX } from '../base/limits.ts';
import { type Currency, formatMoney, money } from '../money/money.ts';
import { type Campaign, campaignJsonSchema } from '../offers/campaign.ts';
import { describeCampaign } from '../offers/describe-campaign.ts';
import { explainNotUsed } from '../offers/explain-offers.ts';
import { findOddities, findOdditiesBetween } from '../offers/find-oddities.ts';
import { type CampaignFile, type Place, readCampaignFile } from '../offers/read-campaign-file.ts';
import { type CampaignFault, readCampaign } from '../offers/read-campaign.ts';
import { funderLabel } from '../offers/say.ts';
import { type WorkedExample, workExamples } from '../offers/work-examples.ts';
import { CliError, type Command, type Terminal } from './command.ts';
import { type Column, layOut, toJson } from './print.ts';
import { readFileWithin } from './read-file.ts';
import { createStyle } from './style.ts';

export const offerCheckCommands: readonly Command[] = [
  {
    name: 'offer check',
    summary: 'Say what campaign files do, what is wrong with them, and what they cost',
    words: [{ name: 'file', what: 'a campaign as YAML or JSON', many: true }],
    json: true,
    notes: [
      'Nothing is published and no server is needed. Errors keep a campaign from being published: exit code 1.',
      'Warnings are about what is probably not meant. Several files are also compared with each other.',
      'The examples are worked out by the engine that quotes real orders, for a buyer and a card that fit.',
    ],
    examples: ['hutong offer check spring.yaml', 'hutong offer check campaigns/*.yaml --json'],
    async run({ terminal, clock }, input) {
      const paths = input.words('file');
      if (paths.length > CAMPAIGN_FILES_MAX) throw new CliError(`That are more than ${CAMPAIGN_FILES_MAX} files.`);
      const checked: Checked[] = [];
      for (const path of paths) {
        const text = (await readFileWithin(path, CAMPAIGN_FILE_BYTES_MAX)).toString('utf8');
        checked.push(check(path, text, clock.now()));
      }
      compareFiles(checked);
      for (const one of checked) {
        if (input.json) terminal.print(toJson(show(one)));
        else print(terminal, one);
      }
      const wrong = checked.filter(({ campaign }) => campaign === null).length;
      if (wrong > 0) throw new CliError(`${wrong} of ${checked.length} cannot be published.`);
    },
  },
  {
    name: 'offer schema',
    summary: 'Print the JSON Schema of a campaign file, for editors',
    json: false,
    examples: ['hutong offer schema > campaign.schema.json'],
    run({ terminal }) {
      terminal.print(JSON.stringify(campaignJsonSchema(), null, 2));
      return Promise.resolve();
    },
  },
];

interface Finding {
  level: 'error' | 'warning';
  place: Place;
  text: string;
}

interface Checked {
  path: string;
  file: CampaignFile;
  /** Null where it cannot be published. */
  campaign: Campaign | null;
  findings: Finding[];
  examples: readonly WorkedExample[];
}

function check(path: string, text: string, now: Date): Checked {
  const file = readCampaignFile(text);
  const unread = file.faults.map((fault): Finding => ({ level: 'error', ...fault }));
  if (unread.length > 0) return { path, file, campaign: null, findings: unread, examples: [] };
  const reading = readCampaign(file.written);
  if (reading.kind === 'faults')
    return { path, file, campaign: null, findings: toFindings(file, 'error', reading.faults), examples: [] };
  const { campaign } = reading;
  const findings = toFindings(file, 'warning', findOddities(campaign, now));
  return { path, file, campaign, findings, examples: workExamples(campaign, now) };
}

/** Adds to each what the others say against it. */
function compareFiles(checked: readonly Checked[]): void {
  const good = checked.flatMap((one) => (one.campaign === null ? [] : [{ one, campaign: one.campaign }]));
  const odd = findOdditiesBetween(good.map(({ campaign }) => campaign));
  for (const [index, { one }] of good.entries())
    one.findings.push(...toFindings(one.file, 'warning', odd[index] ?? []));
}

function toFindings(file: CampaignFile, level: Finding['level'], faults: readonly CampaignFault[]): Finding[] {
  return faults.map(({ pointer, text }) => {
    const field = pointer.slice(1).replaceAll('/', '.');
    return { level, place: file.locate(pointer), text: field === '' ? text : `${field}: ${text}` };
  });
}

function show({ path, campaign, findings, examples }: Checked): object {
  return {
    file: path,
    name: campaign?.name ?? null,
    is_publishable: campaign !== null,
    findings: findings.map(({ level, place, text }) => ({ level, line: place.line, column: place.column, text })),
    describes: campaign === null ? [] : describeCampaign(campaign),
    examples: examples.map(({ amountMinor, units, feeMinor, quote }) => ({
      amount_minor: amountMinor,
      units,
      fee_minor: feeMinor,
      to_pay_minor: quote.toPayMinor,
      saved_minor: quote.savedMinor,
      may_save_minor: quote.maySaveMinor,
      paid_by: quote.applied.flatMap(({ parts }) => parts),
      not_used: quote.notUsed.map(({ code, facts }) => ({ code, facts })),
    })),
  };
}

function print(terminal: Terminal, { path, campaign, findings, examples }: Checked): void {
  const style = createStyle(terminal.hasColour);
  terminal.print(
    campaign === null ? style.strong(path) : `${style.strong(path)}  ${campaign.name['zh-CN']} · ${campaign.name.en}`,
  );
  if (campaign !== null) for (const { en } of describeCampaign(campaign)) terminal.print(`  ${en}`);
  for (const { level, place, text } of findings) {
    const word = level === 'error' ? style.bad('error') : style.accent('warning');
    terminal.print(`  ${word}  ${path}:${place.line}:${place.column}  ${text}`);
  }
  if (campaign !== null && examples.length > 0) {
    terminal.print('');
    for (const line of layOut(examples, columnsOf(campaign))) terminal.print(`  ${line}`);
  }
  terminal.print('');
}

function columnsOf({ currency, value }: Campaign): Column<WorkedExample>[] {
  const text = (minor: bigint): string => formatMoney(money(currency, minor));
  const saves = ({ quote: { savedMinor, maySaveMinor } }: WorkedExample): string => {
    if (maySaveMinor === 0n) return savedMinor === 0n ? '-' : text(savedMinor);
    return savedMinor === 0n ? `up to ${text(maySaveMinor)}` : `${text(savedMinor)}–${text(savedMinor + maySaveMinor)}`;
  };
  return [
    { title: 'ORDER', show: ({ amountMinor }) => text(amountMinor), right: true },
    ...(value.kind === 'item'
      ? [{ title: 'UNITS', show: (each: WorkedExample) => `${each.units ?? ''}`, right: true }]
      : []),
    ...(value.kind === 'instalment_fee'
      ? [{ title: 'FEE', show: (each: WorkedExample) => text(each.feeMinor ?? 0n), right: true }]
      : []),
    { title: 'SAVES', show: saves, right: true },
    { title: 'TO PAY', show: ({ quote }) => text(quote.toPayMinor), right: true },
    { title: 'WHO PAYS FOR IT', show: (example) => whoPays(example, currency) },
  ];
}

function whoPays({ quote }: WorkedExample, currency: Currency): string {
  const text = (minor: bigint): string => formatMoney(money(currency, minor));
  const [applied] = quote.applied;
  const [reason] = quote.notUsed;
  if (applied === undefined) return reason === undefined ? '' : explainNotUsed(reason, currency).en;
  if (applied.by === 'wallet') return 'the wallet says after paying';
  return applied.parts.map(({ funder, owner, minor }) => `${funderLabel(funder, owner).en} ${text(minor)}`).join(', ');
}
