import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The package's folder: where migrations, pages' assets and docs lie, both under `src/` and in the bundle. */
export const rootDir = findRoot(import.meta.dirname);

function findRoot(from: string): string {
  let dir = from;
  while (!existsSync(join(dir, 'src', 'base', 'root.ts'))) {
    const parent = dirname(dir);
    if (parent === dir) throw new Error(`hutong is not installed completely: no src/ above ${from}`);
    dir = parent;
  }
  return dir;
}
