import { expect, test } from 'vitest';
import { CODE_PICTURES_KEPT_MAX } from '../base/limits.ts';
import { createKeeper } from './keep-pictures.ts';

test('a picture is drawn once, however many ask for it at a time', async () => {
  const keep = createKeeper();
  let drawn = 0;
  const draw = async () => Buffer.from(`${(drawn += 1)}`);
  const pictures = await Promise.all(Array.from({ length: 50 }, () => keep('a', draw)));
  expect(pictures.map(String)).toEqual(Array.from({ length: 50 }, () => '1'));
  await keep('b', draw);
  expect(drawn).toBe(2);
});

test('one that could not be drawn is tried again', async () => {
  const keep = createKeeper();
  await expect(keep('a', () => Promise.reject(new Error('no font')))).rejects.toThrow('no font');
  expect(String(await keep('a', async () => Buffer.from('x')))).toBe('x');
});

test('only so many are kept', async () => {
  const keep = createKeeper();
  let drawn = 0;
  const draw = async () => Buffer.from(`${(drawn += 1)}`);
  for (let i = 0; i <= CODE_PICTURES_KEPT_MAX; i += 1) await keep(`${i}`, draw);
  await keep(`${CODE_PICTURES_KEPT_MAX}`, draw);
  expect(drawn).toBe(CODE_PICTURES_KEPT_MAX + 1);
  await keep('0', draw);
  expect(drawn).toBe(CODE_PICTURES_KEPT_MAX + 2);
});
