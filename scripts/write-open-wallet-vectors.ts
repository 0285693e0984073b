/* Writes the test vectors into docs/open-wallet-protocol.md: npx tsx scripts/write-open-wallet-vectors.ts */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootDir } from '../src/base/root.ts';
import { withVectors } from '../src/wallets/open/test-vectors.ts';

const path = join(rootDir, 'docs/open-wallet-protocol.md');
await writeFile(path, withVectors(await readFile(path, 'utf8')));
