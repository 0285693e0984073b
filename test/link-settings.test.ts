import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ABILITIES } from '../src/links/open/abilities.ts';
import { readSettings } from '../src/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'hutong-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('HUTONG_LINK_URL', () => {
  test('is an origin of its own, or not set', () => {
    expect(readSettings({}).linkUrl).toBeNull();
    expect(readSettings({ HUTONG_LINK_URL: 'https://go.pay.example' }).linkUrl).toBe('https://go.pay.example');
    for (const wrong of ['https://go.pay.example/l', 'ftp://go.pay.example', 'go.pay.example'])
      expect(() => readSettings({ HUTONG_LINK_URL: wrong }), wrong).toThrow('HUTONG_LINK_URL');
    const live = {
      HUTONG_MODE: 'live',
      HUTONG_PUBLIC_URL: 'https://pay.example',
      HUTONG_LINK_URL: 'http://go.example',
    };
    expect(() => readSettings(live)).toThrow('HUTONG_LINK_URL');
  });
});

describe('HUTONG_LINK_ABILITIES', () => {
  const read = (text: string) => {
    const path = join(folder, 'abilities.yaml');
    writeFileSync(path, text);
    return readSettings({ HUTONG_LINK_ABILITIES: path }).linkAbilities;
  };

  test('replaces what our table only has from reports', () => {
    expect(readSettings({}).linkAbilities).toBeNull();
    const replaced = read('weibo:\n  schemes: all\n  because: tried in 15.1 on 2026-11-20\n');
    expect(replaced?.weibo).toMatchObject({ schemes: 'all', evidence: 'operator' });
    expect(replaced?.wechat).toEqual(ABILITIES.wechat);
  });

  test('says where it is wrong, and that it is not there', () => {
    expect(() => read('weibo:\n  schemes: some\n  because: tried\n')).toThrow(/HUTONG_LINK_ABILITIES:2:\d+ /);
    expect(() => readSettings({ HUTONG_LINK_ABILITIES: join(folder, 'none.yaml') })).toThrow(
      'HUTONG_LINK_ABILITIES cannot be read',
    );
  });
});
