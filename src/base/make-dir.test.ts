import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDir } from './make-dir.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hutong-folder-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test('a folder is made with those above it, closed to others, and only once', async () => {
  const deep = join(root, 'a', 'b', 'c');
  expect(await makeDir(deep)).toBe(true);
  expect((await stat(deep)).mode & 0o777).toBe(0o700);
  expect(await makeDir(deep)).toBe(false);
});

test('a file in its place, or in the place of one above, is an error', async () => {
  await writeFile(join(root, 'file'), '');
  await expect(makeDir(join(root, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeDir(join(root, 'file', 'x'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test('where nothing can be made it is an error, not an endless try', async () => {
  await expect(makeDir('/proc/hutong/x')).rejects.toThrow();
});
