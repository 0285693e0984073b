import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A simulator's keys as texts: from `dataDir/keys.json` where that exists, else minted and kept there, readable by the
 * owner only. With `dataDir` null they live as long as the process. `load` makes keys of the texts and throws where they
 * are none. @throws Error naming the file when it cannot be read as keys
 */
export async function openKeptKeys<Kept extends { version: number }, Keys>(
  dataDir: string | null,
  version: Kept['version'],
  mint: () => Promise<Kept>,
  load: (kept: Kept) => Keys,
): Promise<Keys> {
  if (dataDir === null) return load(await mint());
  const path = join(dataDir, 'keys.json');
  if (existsSync(path)) {
    try {
      // Our own file; `load` fails on anything else.
      const kept: Kept = JSON.parse(readFileSync(path, 'utf8'));
      if (kept.version !== version) throw new Error('unknown version');
      return load(kept);
    } catch (error) {
      throw new Error(`${path} does not hold the sandbox's keys; move it away to mint new ones`, { cause: error });
    }
  }
  const kept = await mint();
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, JSON.stringify(kept), { mode: 0o600 });
  chmodSync(`${path}.new`, 0o600);
  renameSync(`${path}.new`, path);
  return load(kept);
}
