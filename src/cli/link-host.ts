import { basename } from 'node:path';
import { LINK_HOST_FILE_BYTES_MAX } from '../base/link-limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { LinkHost, ProofFile } from '../links/link.ts';
import { type Command, UsageError } from './command.ts';
import { merchantOption } from './link.ts';
import { printHostFiles, printHosts } from './print-links.ts';
import { readFileWithin } from './read-file.ts';
import { OPERATOR, withLinks } from './with-links.ts';
import { chooseMerchant } from './with-operator.ts';

const USES: Readonly<Record<string, LinkHost['uses']>> = {
  target: ['target'],
  serve: ['serve'],
  both: ['target', 'serve'],
};
const hostWord = { name: 'host', what: 'its name or lho_…' };

/** Hosts of merchants: where links may lead, and under which they are served. */
export const linkHostCommands: readonly Command[] = [
  {
    name: 'link host add',
    summary: 'Name a host of a merchant’s, and print what has to stand where to prove it',
    words: [{ name: 'host', what: 'such as shop.example or go.shop.example' }],
    options: {
      merchant: merchantOption,
      for: {
        value: 'use',
        what: `${Object.keys(USES).join(', ')}: links lead to its pages, or are served under it; target when left out`,
      },
    },
    json: true,
    examples: ['hutong link host add shop.example', 'hutong link host add go.shop.example --for serve'],
    async run(deps, input) {
      const uses = USES[input.text('for') ?? 'target'];
      if (uses === undefined) throw new UsageError(`--for is ${Object.keys(USES).join(', ')}`);
      await withLinks(deps, async ({ desk, operator }) => {
        const { id: merchantId } = await chooseMerchant(operator, input.text('merchant'));
        const wish = { actor: OPERATOR, merchantId, host: input.word('host'), uses };
        printHosts(deps.terminal, input.json, [await desk.addHost(wish)]);
      });
    },
  },
  {
    name: 'link host prove',
    summary: 'Look now whether the proof of a host is there',
    words: [hostWord],
    options: { merchant: merchantOption },
    json: true,
    examples: ['hutong link host prove shop.example'],
    async run(deps, input) {
      await withLinks(deps, async ({ desk, operator }) => {
        const { id } = await chooseMerchant(operator, input.text('merchant'));
        const host = find(await desk.listHosts(OPERATOR, id), input.word('host'));
        try {
          printHosts(deps.terminal, input.json, [await desk.proveHost(OPERATOR, host.id)]);
        } catch (error) {
          // What was looked for and found, then once more what has to stand there.
          if (error instanceof Refusal && error.code === 'link_proof_missing' && !input.json)
            printHosts(deps.terminal, false, [host]);
          throw error;
        }
      });
    },
  },
  {
    name: 'link host files',
    summary: 'Show the files by which platforms believe whose a serving host is; put one there, or take one away',
    words: [hostWord],
    options: {
      merchant: merchantOption,
      put: { value: 'file', what: 'as the platform gave it: MP_verify_….txt of WeChat, and others (docs/opening.md)' },
      drop: { value: 'name', what: 'one that is not to be there any more' },
    },
    json: true,
    examples: [
      'hutong link host files go.shop.example --put MP_verify_H2Jt0ih2ZyTRl0pO.txt',
      'hutong link host files go.shop.example',
    ],
    async run(deps, input) {
      const [path, dropped] = [input.text('put'), input.text('drop')];
      const put = path === undefined ? null : await readProof(path);
      await withLinks(deps, async ({ desk, operator }) => {
        const { id } = await chooseMerchant(operator, input.text('merchant'));
        const host = find(await desk.listHosts(OPERATOR, id), input.word('host'));
        const isSame = put === null && dropped === undefined;
        const change = { drop: dropped === undefined ? [] : [dropped], put: put === null ? [] : [put] };
        const after = isSame ? host : await desk.changeHostFiles({ actor: OPERATOR, id: host.id, ...change });
        printHostFiles(deps.terminal, input.json, after);
      });
    },
  },
  {
    name: 'link host list',
    summary: 'List the hosts of a merchant, and what those that are not proved still need',
    options: { merchant: merchantOption },
    json: true,
    examples: ['hutong link host list'],
    async run(deps, input) {
      await withLinks(deps, async ({ desk, operator }) => {
        const { id } = await chooseMerchant(operator, input.text('merchant'));
        printHosts(deps.terminal, input.json, await desk.listHosts(OPERATOR, id));
      });
    },
  },
  {
    name: 'link host drop',
    summary: 'Forget a host: links to its pages open nothing any more',
    words: [hostWord],
    options: { merchant: merchantOption },
    json: false,
    examples: ['hutong link host drop shop.example'],
    async run(deps, input) {
      await withLinks(deps, async ({ desk, operator }) => {
        const { id } = await chooseMerchant(operator, input.text('merchant'));
        const host = find(await desk.listHosts(OPERATOR, id), input.word('host'));
        await desk.dropHost(OPERATOR, host.id);
        deps.terminal.note(`${host.host} is dropped.`);
      });
    },
  },
];

/** The file's own name is what the platform asks for. @throws CliError where it cannot be read or is too large */
async function readProof(path: string): Promise<ProofFile> {
  const content = (await readFileWithin(path, LINK_HOST_FILE_BYTES_MAX)).toString('utf8');
  return { name: basename(path), content };
}

/** @throws Refusal not_found */
function find(hosts: readonly LinkHost[], word: string): LinkHost {
  const found = hosts.find(({ id, host }) => id === word || host === word.toLowerCase());
  if (found === undefined) throw new Refusal('not_found', `the merchant has no host ${word}: hutong link host list`);
  return found;
}
