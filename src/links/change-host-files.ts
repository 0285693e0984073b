import { LINK_HOST_FILES_MAX } from '../base/link-limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { DeskDeps } from './desk-deps.ts';
import { readProofFile } from './hosts/proof-file-kinds.ts';
import { nameOf } from './link-actor.ts';
import { lockMerchant, raiseMerchant } from './link-book-store.ts';
import { findHost, replaceFiles } from './link-host-store.ts';
import type { LinkHost, ProofFile } from './link.ts';
import type { LinkActor, LinkDesk } from './links.ts';
import { seenHost } from './register-host.ts';

/**
 * From now on the host shows exactly these files at its root, while it is proved and serves links.
 * @throws Refusal not_found, invalid_request where a file is none that a platform asks for or the host serves nothing
 */
export async function setHostFiles(
  deps: DeskDeps,
  { actor, id, files }: Parameters<LinkDesk['setHostFiles']>[0],
): Promise<LinkHost> {
  const read = readFiles(files, (index) => `files.${index}.`);
  return await changeFiles(deps, { actor, id }, () => read);
}

/**
 * Takes some files away and puts others there, of those that are there at that moment: who puts another one there meanwhile loses nothing.
 * @throws Refusal not_found where one that is to go is not there, invalid_request as setHostFiles
 */
export async function changeHostFiles(
  deps: DeskDeps,
  { actor, id, drop, put }: Parameters<LinkDesk['changeHostFiles']>[0],
): Promise<LinkHost> {
  const read = readFiles(put, () => '');
  return await changeFiles(deps, { actor, id }, ({ host, files }) => {
    const missing = drop.find((name) => !files.some((file) => file.name === name));
    if (missing !== undefined) throw new Refusal('not_found', `${host} has no file ${missing}`);
    const kept = files.filter(({ name }) => !drop.includes(name) && !read.some((file) => file.name === name));
    return checked([...kept, ...read]);
  });
}

/** Changes of one merchant's hosts wait for one another, so what is decided here of the files that are there is still so when it is written. */
async function changeFiles(
  deps: DeskDeps,
  { actor, id }: { actor: LinkActor; id: string },
  decide: (before: LinkHost) => ProofFile[],
): Promise<LinkHost> {
  const { merchantId } = await seenHost(deps, actor, id);
  const host = await deps.sql.begin(async (tx) => {
    await lockMerchant(tx, deps.book, merchantId);
    const before = await findHost(tx, deps.book, id);
    if (before === null || before.droppedAt !== null)
      throw new Refusal('not_found', 'there is no such thing of this merchant');
    const files = decide(before);
    if (files.length > 0 && !before.uses.includes('serve'))
      throw new Refusal('invalid_request', 'the pages of a host that links only lead to are not ours', {
        param: 'files',
      });
    await replaceFiles(tx, before, files, { at: deps.clock.now(), by: nameOf(actor) });
    await raiseMerchant(tx, deps.book, merchantId);
    return { ...before, files };
  });
  deps.kept.doubt();
  return host;
}

function readFiles(given: readonly ProofFile[], paramOf: (index: number) => string): ProofFile[] {
  const files = given.map((file, index) => {
    const read = readProofFile(file);
    if ('reason' in read)
      throw new Refusal('invalid_request', read.reason, { param: `${paramOf(index)}${read.field}` });
    return read;
  });
  const twice = files.findIndex(({ name }, index) => files.findIndex((other) => other.name === name) !== index);
  if (twice !== -1) throw new Refusal('invalid_request', 'named twice', { param: `${paramOf(twice)}name` });
  return checked(files);
}

function checked(files: readonly ProofFile[]): ProofFile[] {
  if (files.length > LINK_HOST_FILES_MAX)
    throw new Refusal('invalid_request', `at most ${LINK_HOST_FILES_MAX} files`, { param: 'files' });
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
