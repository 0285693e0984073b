import { describe, expect, test } from 'vitest';
import { ABILITIES, ABILITIES_SEEN } from './abilities.ts';
import { AbilitiesFault, readAbilities } from './read-abilities.ts';

describe('an operator’s own rows', () => {
  test('what is left out stays, what is written counts, and the row says whose it is', () => {
    const table = readAbilities('douyin:\n  schemes: all\n  because: "seen with 29.3 on 2026-11-20"\n', 'a.yaml');
    expect(table.douyin).toEqual({
      ...ABILITIES.douyin,
      schemes: 'all',
      evidence: 'operator',
      because: 'seen with 29.3 on 2026-11-20',
    });
    expect(table.weibo).toBe(ABILITIES.weibo);
  });

  test('every field can be told', () => {
    const text = JSON.stringify({
      taobao: {
        pages: 'all',
        own_hosts: [],
        universal_links: 'yes',
        app_links: 'maybe',
        intents: 'no',
        schemes: 'list',
        alipay_scheme: 'yes',
        needs_tap: false,
        because: 'tried',
      },
    });
    expect(readAbilities(text, 'a.json').taobao).toMatchObject({
      pages: 'all',
      universalLinks: 'yes',
      needsTap: false,
    });
  });

  test('an empty file changes nothing', () => {
    expect(readAbilities('', 'a.yaml')).toBe(ABILITIES);
    expect(readAbilities('# nothing yet\n', 'a.yaml')).toBe(ABILITIES);
  });

  test.each([
    ['[1]', 'a.yaml:1:1 an abilities file names apps, each with what differs'],
    ['nosuch:\n  because: x', 'a.yaml:1:1 there is no app nosuch: unionpay, '],
    ['constructor:\n  because: x', 'a.yaml:1:1 there is no app constructor'],
    ['wechat:\n  schemes: all\n  because: x', 'a.yaml:1:1 wechat is documented and stays as it is'],
    ['browser:\n  schemes: none\n  because: x', 'a.yaml:1:1 browser is documented and stays as it is'],
    ['douyin: all', 'a.yaml:1:1 douyin takes fields such as schemes and because'],
    ['douyin:\n  schemes: some\n  because: x', 'a.yaml:2:3 douyin.schemes is one of none, list, all'],
    ['douyin:\n  scheme: all', 'a.yaml:2:3 douyin has no field scheme: pages, '],
    ['douyin:\n  __proto__: all', 'a.yaml:2:3 douyin has no field __proto__'],
    ['douyin:\n  schemes: all', 'a.yaml:1:1 douyin must say because'],
    ['douyin:\n  because: ""', 'a.yaml:2:3 douyin.because is a sentence'],
    ['douyin:\n  needs_tap: maybe\n  because: x', 'a.yaml:2:3 douyin.needs_tap is true or false'],
    ['douyin:\n  pages: own_hosts\n  because: x', 'a.yaml:1:1 douyin opens own_hosts alone and must name them'],
    ['douyin:\n  own_hosts: ["https://x"]\n  because: x', 'a.yaml:2:3 douyin.own_hosts is a list of hosts'],
    ['douyin: {schemes: all', 'a.yaml:1:'],
    ['['.repeat(500), 'a.yaml:1:1 nothing nests so deep here'],
    [`#${'x'.repeat(70_000)}`, 'a.yaml has more than 65536 bytes'],
  ])('%s is refused with its place', (text, said) => {
    expect(() => readAbilities(text, 'a.yaml')).toThrow(AbilitiesFault);
    expect(() => readAbilities(text, 'a.yaml')).toThrow(said);
  });
});

describe('our own table', () => {
  test('says when it was last gone through', () => {
    expect(ABILITIES_SEEN).toMatch(/^20\d\d-(?:0[1-9]|1[0-2])$/);
  });

  test('every row says why, and only WeChat’s and the browsers’ are documented', () => {
    const rows = Object.entries(ABILITIES);
    expect(rows.filter(([, { because }]) => because === '')).toEqual([]);
    expect(rows.filter(([, { evidence }]) => evidence === 'documented').map(([app]) => app)).toEqual([
      'wechat',
      'browser',
    ]);
    expect(rows.filter(([, { pages, ownHosts }]) => (pages === 'own_hosts') !== ownHosts.length > 0)).toEqual([]);
  });
});
