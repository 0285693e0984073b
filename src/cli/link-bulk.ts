import { extname } from 'node:path';
import { LINK_FILE_BYTES_MAX, LINK_FILE_LINKS_MAX, LINKS_PER_CALL_MAX } from '../base/link-limits.ts';
import type { MerchantId } from '../cashier/payment.ts';
import { checkWanted } from '../links/fields/check-wanted.ts';
import { LINK_FIELD_NAMES } from '../links/fields/link-fields.ts';
import type { LinkWish, PlacedFault } from '../links/fields/link-wish.ts';
import { readNewLink } from '../links/fields/read-link-fields.ts';
import { readLinkList } from '../links/fields/read-link-list.ts';
import { readLinkRows } from '../links/fields/read-link-rows.ts';
import { deskRequest, fingerprintOf, type WantedLink } from '../links/fields/wanted-link.ts';
import type { LinkHost } from '../links/link.ts';
import type { ShownLink } from '../links/show-link.ts';
import { CliError, type CliDeps, type Command } from './command.ts';
import { merchantOption } from './link.ts';
import { printRows } from './print.ts';
import { readFileWithin } from './read-file.ts';
import { type LinkOperator, madeBy, OPERATOR, withLinks } from './with-links.ts';
import { chooseMerchant } from './with-operator.ts';

const FAULTS_SHOWN_MAX = 20;

export const linkBulkCommand: Command = {
  name: 'link bulk',
  summary:
    'Make a link for each line of a file; where one is wrong, none is made and every fault is told with its place',
  words: [{ name: 'file', what: 'CSV whose first line names the fields, or a list in JSON or YAML' }],
  options: {
    merchant: merchantOption,
    check: { value: null, what: 'only say whether the file is right' },
  },
  json: true,
  notes: [
    `Fields: ${LINK_FIELD_NAMES.join(', ')}.`,
    'They mean what the options of link create mean. An empty cell is a field left out. In a list they may stand as the API takes them.',
    'The same file again on the same day prints the same links instead of making them twice.',
  ],
  examples: ['hutong link bulk products.csv', 'hutong link bulk products.json --json > links.jsonl'],
  async run(deps, input) {
    const path = input.word('file');
    const file = (await readFileWithin(path, LINK_FILE_BYTES_MAX)).toString('utf8');
    const { wishes, faults } = extname(path).toLowerCase() === '.csv' ? readLinkRows(file) : readLinkList(file);
    tellFaults(deps, path, faults);
    if (wishes.length === 0) throw new CliError(`${path} asks for no link.`);
    if (wishes.length > LINK_FILE_LINKS_MAX)
      throw new CliError(`${path} asks for ${wishes.length} links; ${LINK_FILE_LINKS_MAX} at once are the most.`);
    await withLinks(deps, async (links) => {
      const { id: merchantId } = await chooseMerchant(links.operator, input.text('merchant'));
      const hosts = await links.desk.listHosts(OPERATOR, merchantId);
      const checked = wishes.map((wish) => checkWish(deps, links, hosts, wish));
      tellFaults(
        deps,
        path,
        checked.flatMap((one) => ('wanted' in one ? [] : one.faults)),
      );
      const wanted = checked.flatMap((one) => ('wanted' in one ? [one.wanted] : []));
      if (input.flag('check')) return deps.terminal.print(`${path} is right: ${wanted.length} links.`);
      const made = await createAll(deps, links, merchantId, wanted);
      printRows(
        deps.terminal,
        input.json,
        made,
        [
          { title: 'LINK', show: (row) => row.url },
          { title: 'TITLE', show: (row) => row.title },
          { title: 'PAGE', show: (row) => row.page ?? '-' },
        ],
        'No link was made.',
      );
    });
  },
};

/** @throws CliError unless there are none */
function tellFaults({ terminal }: CliDeps, path: string, faults: readonly PlacedFault[]): void {
  if (faults.length === 0) return;
  for (const { place, field, text } of faults.slice(0, FAULTS_SHOWN_MAX))
    terminal.note(`${path}:${place.line}:${place.column} ${field === null ? '' : `${field}: `}${text.en}`);
  if (faults.length > FAULTS_SHOWN_MAX) terminal.note(`… and ${faults.length - FAULTS_SHOWN_MAX} more`);
  throw new CliError(
    `Nothing was made: ${faults.length === 1 ? 'one thing is' : `${faults.length} things are`} wrong.`,
  );
}

/** Everything that is wrong, so that a fault of the last line is known before the first link is made. */
function checkWish(
  { clock }: CliDeps,
  { where }: LinkOperator,
  hosts: readonly LinkHost[],
  { texts, locate }: LinkWish,
): { wanted: WantedLink } | { faults: PlacedFault[] } {
  const reading = readNewLink(texts);
  const ground = { hosts, isSandbox: where.isSandbox, now: clock.now() };
  const faults = 'faults' in reading ? reading.faults : checkWanted(reading.wanted, ground);
  if ('wanted' in reading && faults.length === 0) return reading;
  return { faults: faults.map(({ field, text }) => ({ place: locate(field), field, text })) };
}

/** A call at a time; each is known by what it asks for, so that a file that was broken off goes on where it ended. */
async function createAll(
  { terminal }: CliDeps,
  { desk, operator, livemode }: LinkOperator,
  merchantId: MerchantId,
  wanted: readonly WantedLink[],
): Promise<ShownLink[]> {
  const made: ShownLink[] = [];
  for (let at = 0; at < wanted.length; at += LINKS_PER_CALL_MAX) {
    const some = wanted.slice(at, at + LINKS_PER_CALL_MAX);
    const fingerprint = fingerprintOf(some);
    const claim = {
      book: operator.book,
      merchantId,
      key: `bulk-${at}-${fingerprint}`,
      route: 'hutong link bulk',
      fingerprint,
    };
    const wish = { actor: madeBy(merchantId), book: operator.book, livemode, ...deskRequest(some), claim } as const;
    const { body } = await desk.create({ ...wish, reply: 'list' });
    const { data }: { data: ShownLink[] } = JSON.parse(body); // links as the API shows them
    made.push(...data);
    if (wanted.length > LINKS_PER_CALL_MAX) terminal.note(`${made.length} of ${wanted.length} links`);
  }
  return made;
}
