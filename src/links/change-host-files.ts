import { LINK_HOST_FILES_MAX } from '../base/link-limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { DeskDeps } from './desk-deps.ts';
import { readProofFile } from './hosts/proof-file-kinds.ts';
import { nameOf } from './link-actor.ts';
import { lockMerchant, raiseMerchant } from './link-book-store.ts';
import { findHost, replaceFiles } from './link-host-store.ts';
import type { LinkHost, ProofFile } from './link.ts';
import type { LinkDesk } from './links.ts';
import { seenHost } from './register-host.ts';

/**
 * From now on the host shows exactly these files at its root, while it is proved and serves links.
 * @throws Refusal not_found, invalid_request where a file is none that a platform asks for or the host serves nothing
 */
export async function setHostFiles(
  deps: DeskDeps,
  { actor, id, files }: Parameters<LinkDesk['setHostFiles']>[0],
): Promise<LinkHost> {
  const { merchantId } = await seenHost(deps, actor, id);
  const read = readFiles(files);
  const host = await deps.sql.begin(async (tx) => {
    await lockMerchant(tx, deps.book, merchantId);
    const before = await findHost(tx, deps.book, id);
    if (before === null || before.droppedAt !== null)
      throw new Refusal('not_found', 'there is no such thing of this merchant');
    if (read.length > 0 && !before.uses.includes('serve'))
      throw new Refusal('invalid_request', 'the pages of a host that links only lead to are not ours', {
        param: 'files',
      });
    await replaceFiles(tx, before, read, { at: deps.clock.now(), by: nameOf(actor) });
    await raiseMerchant(tx, deps.book, merchantId);
    return { ...before, files: read };
  });
  deps.kept.doubt();
  return host;
}

function readFiles(given: readonly ProofFile[]): ProofFile[] {
  if (given.length > LINK_HOST_FILES_MAX)
    throw new Refusal('invalid_request', `at most ${LINK_HOST_FILES_MAX} files`, { param: 'files' });
  const files = given.map((file, index) => {
    const read = readProofFile(file);
    if ('reason' in read) throw new Refusal('invalid_request', read.reason, { param: `files.${index}.${read.field}` });
    return read;
  });
  const twice = files.findIndex(({ name }, index) => files.findIndex((other) => other.name === name) !== index);
  if (twice !== -1) throw new Refusal('invalid_request', 'named twice', { param: `files.${twice}.name` });
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
