import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder with the folders above it, closed to others, and tells whether it was made now. Level by level: where a
 * folder cannot be made although the one above is there (as under /proc), Node's own `recursive` tries for ever.
 * @throws the system's error, with its code
 */
export async function makeDir(dir: string): Promise<boolean> {
  try {
    await mkdir(dir, { mode: 0o700 });
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST' && (await stat(dir)).isDirectory()) return false;
    const above = dirname(dir);
    if (code !== 'ENOENT' || above === dir || !(await makeDir(above))) throw error;
  }
  await mkdir(dir, { mode: 0o700 });
  return true;
}
