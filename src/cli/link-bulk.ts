import { createHash } from 'node:crypto';
import { LINK_FILE_BYTES_MAX, LINK_FILE_LINKS_MAX, LINKS_PER_CALL_MAX } from '../base/link-limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { MerchantId } from '../cashier/payment.ts';
import { checkContent } from '../links/check-content.ts';
import type { LinkHost } from '../links/link.ts';
import type { NewLink } from '../links/links.ts';
import type { ShownLink } from '../links/show-link.ts';
import { CliError, type CliDeps, type Command } from './command.ts';
import { fillContent, readContentTexts } from './link-content.ts';
import { type FileFault, type LinkWish, readLinkFile } from './link-file.ts';
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
    'Fields: page, title, description, image_url, price, currency, availability, app_path, direct, expires_at, host.',
    'They mean what the options of link create mean. An empty cell is a field left out.',
    'The same file again on the same day prints the same links instead of making them twice.',
  ],
  examples: ['hutong link bulk products.csv', 'hutong link bulk products.json --json > links.jsonl'],
  async run(deps, input) {
    const path = input.word('file');
    const file = (await readFileWithin(path, LINK_FILE_BYTES_MAX)).toString('utf8');
    const { wishes, faults } = readLinkFile(path, file);
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
        checked.flatMap((one) => ('link' in one ? [] : one.faults)),
      );
      const wanted = checked.flatMap((one) => ('link' in one ? [one.link] : []));
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
function tellFaults({ terminal }: CliDeps, path: string, faults: readonly FileFault[]): void {
  if (faults.length === 0) return;
  for (const { place, text } of faults.slice(0, FAULTS_SHOWN_MAX))
    terminal.note(`${path}:${place.line}:${place.column} ${text}`);
  if (faults.length > FAULTS_SHOWN_MAX) terminal.note(`… and ${faults.length - FAULTS_SHOWN_MAX} more`);
  throw new CliError(
    `Nothing was made: ${faults.length === 1 ? 'one thing is' : `${faults.length} things are`} wrong.`,
  );
}

/** The same rules that making it has, so that a fault of the last line is known before the first link is made. */
function checkWish(
  { clock }: CliDeps,
  { where }: LinkOperator,
  hosts: readonly LinkHost[],
  wish: LinkWish,
): { link: NewLink } | { faults: FileFault[] } {
  const { content, faults } = readContentTexts(wish.texts);
  const wrong = faults.map(({ field, text }) => ({ place: wish.locate(field), text: `${field}: ${text}` }));
  const provedFor = (use: 'target' | 'serve'): Set<string> =>
    new Set(hosts.filter(({ uses, provedAt }) => provedAt !== null && uses.includes(use)).map(({ host }) => host));
  if (wish.host !== null && !provedFor('serve').has(wish.host))
    wrong.push({ place: wish.locate('host'), text: `host: ${wish.host} is not proved as a host that serves links` });
  const link: NewLink = { kind: 'page', content: fillContent(content), servedHost: wish.host };
  const has = (field: string): boolean => faults.some((fault) => fault.field === field);
  try {
    const ground = {
      kind: link.kind,
      targets: provedFor('target'),
      isSandbox: where.isSandbox,
      isBlockedHost: () => false, // the operator is here
      now: clock.now(),
      path: '',
    };
    checkContent(link.content, ground);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const field = (error.facts.param ?? '').split('.', 1)[0] ?? '';
    if (!has(field)) wrong.push({ place: wish.locate(field), text: `${field}: ${error.message}` });
  }
  return wrong.length === 0 ? { link } : { faults: wrong };
}

/** A call at a time; each is known by what it asks for, so that a file that was broken off goes on where it ended. */
async function createAll(
  { terminal }: CliDeps,
  { desk, operator, livemode }: LinkOperator,
  merchantId: MerchantId,
  wanted: readonly NewLink[],
): Promise<ShownLink[]> {
  const made: ShownLink[] = [];
  for (let at = 0; at < wanted.length; at += LINKS_PER_CALL_MAX) {
    const links = wanted.slice(at, at + LINKS_PER_CALL_MAX);
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([at, links], printBig))
      .digest('hex');
    const claim = {
      book: operator.book,
      merchantId,
      key: `bulk-${fingerprint}`,
      route: 'hutong link bulk',
      fingerprint,
    };
    const wish = { actor: madeBy(merchantId), book: operator.book, livemode, links, claim } as const;
    const { body } = await desk.create({ ...wish, reply: 'list' });
    const { data }: { data: ShownLink[] } = JSON.parse(body); // links as the API shows them
    made.push(...data);
    if (wanted.length > LINKS_PER_CALL_MAX) terminal.note(`${made.length} of ${wanted.length} links`);
  }
  return made;
}

function printBig(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
