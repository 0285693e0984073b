import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { answerAsset, readAssets, readFontAssets, type Asset } from './static-assets.ts';

const dir = mkdtempSync(join(tmpdir(), 'hutong-assets-'));
afterAll(() => rmSync(dir, { recursive: true }));

function assetNamed(name: string): Asset {
  const asset = readAssets(dir).get(name);
  if (asset === undefined) throw new Error(`no asset ${name}`);
  return asset;
}

describe('readAssets', () => {
  test('names a file by its content, so that a changed file gets another address', () => {
    writeFileSync(join(dir, 'page.css'), 'a{}');
    const before = assetNamed('page.css').path;
    writeFileSync(join(dir, 'page.css'), 'b{}');
    expect(before).toMatch(/^\/assets\/page\.[0-9a-f]{12}\.css$/);
    expect(assetNamed('page.css').path).not.toBe(before);
  });

  test('leaves files of other kinds alone', () => {
    writeFileSync(join(dir, 'notes.txt'), 'x');
    expect(readAssets(dir).has('notes.txt')).toBe(false);
  });
});

describe('answerAsset', () => {
  test.each([
    ['br, gzip', 'br'],
    ['gzip, deflate', 'gzip'],
    ['gzip;q=0, br;q=0.0', undefined],
    ['', undefined],
  ])('a browser that accepts %j gets %s', async (acceptEncoding, encoding) => {
    writeFileSync(join(dir, 'page.css'), 'body { margin: 0 }');
    const answer = await answerAsset(assetNamed('page.css'), acceptEncoding);
    expect(answer.headers['content-encoding']).toBe(encoding);
    const body =
      encoding === 'br'
        ? brotliDecompressSync(answer.body)
        : encoding === 'gzip'
          ? gunzipSync(answer.body)
          : answer.body;
    expect(body.toString()).toBe('body{margin:0}');
  });
});

describe('readFontAssets', () => {
  test('every slice that the stylesheet names can be read', async () => {
    const { stylesheet, files } = readFontAssets();
    const css = (await stylesheet.body()).toString();
    expect(files.length).toBeGreaterThan(90);
    expect(css).not.toContain('./files');
    for (const file of files) {
      expect(css).toContain(`url(${file.path})`);
      expect((await file.body()).subarray(0, 4).toString()).toBe('wOF2');
    }
  });
});
