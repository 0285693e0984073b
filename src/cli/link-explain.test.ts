import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { temporaryDir } from '../../test/server.ts';
import { ManualClock } from '../base/clock.ts';
import { ABILITIES } from '../links/open/abilities.ts';
import { NOW, shopLink, userAgentIn } from '../links/open/test-openings.ts';
import { explainLink, readWish } from './link-explain.ts';
import { commandLine } from './test-line.ts';

const nothing = { ua: undefined, app: undefined, system: undefined, acceptLanguage: undefined };

describe('what is explained', () => {
  test('the app by its mark, the rule that fits, each step with its reason, and every app', () => {
    const ready = shopLink({ servedBy: 'lho_1', url: 'https://go.shop.example/abcd2345' });
    const wish = readWish({ ...nothing, ua: userAgentIn('wechat', 'ios') });
    const explained = explainLink(ready, wish, NOW, ABILITIES);
    expect(explained.visitor).toMatchObject({ app: 'wechat', os: 'ios', robot: null, mark: 'MicroMessenger/' });
    expect(explained.associations).toMatchObject([
      { system: 'ios', opens: true, because: 'rule 4 fits: a link, with any query' },
      { system: 'android', opens: true },
    ]);
    expect(explained.opening).toMatchObject({ kind: 'landing' });
    expect(explained.apps).toHaveLength(28);
    expect(explained.apps.find(({ app }) => app === 'browser')).toMatchObject({
      ios: 'universal_link',
      android: 'intent',
    });
    expect(explained.apps.find(({ app }) => app === 'taobao')).toMatchObject({
      ios: 'copy_text',
      evidence: 'reported',
    });
  });

  test('our own address is claimed by no app', () => {
    expect(explainLink(shopLink(), readWish(nothing), NOW, ABILITIES)).toMatchObject({
      associations: [],
      opening: null,
    });
  });

  test('a robot is told as one, and what opens nothing says why', () => {
    const robot = readWish({ ...nothing, ua: 'Twitterbot/1.0' });
    expect(explainLink(shopLink(), robot, NOW, ABILITIES).opening).toEqual({ kind: 'card' });
    const expired = shopLink({ expiresAt: NOW });
    expect(explainLink(expired, robot, NOW, ABILITIES).opening).toEqual({ kind: 'gone', reason: 'expired' });
  });

  test.each([
    [{ ua: 'x', app: 'wechat' }, 'either --ua or --app'],
    [{ system: 'ios' }, '--system goes with --app'],
    [{ app: 'nosuch' }, '--app is one of unionpay'],
    [{ app: 'wechat', system: 'symbian' }, '--system is one of ios'],
    [{ ua: 'x'.repeat(5000) }, '--ua is at most 4096 letters'],
  ])('%j is refused', (said, message) => {
    expect(() => readWish({ ...nothing, ...said })).toThrow(message);
  });
});

describe('the command', async () => {
  const folder = await temporaryDir('link-explain');
  const { url } = await freshDatabase();
  const { hutong, json } = commandLine(folder.dir, url, new ManualClock(NOW));
  let proof = '';
  let code = '';
  const shop = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/plain' }).end(proof),
  );
  beforeAll(async () => {
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    const address = shop.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    const host = `127.0.0.1:${address.port}`;
    await hutong('merchant', 'create', '--name', '茶铺');
    const { out } = await hutong('link', 'host', 'add', host);
    proof = /hutong-verification=\S+/.exec(out.join('\n'))?.[0] ?? '';
    await hutong('link', 'host', 'prove', host);
    const [made] = await json('link', 'create', '--page', `http://${host}/item/42`, '--title', '盖碗');
    code = String(made?.['code']);
  });
  afterAll(async () => {
    shop.close();
    await folder.remove();
  });

  test('for people: what, where, each step, why, and every app', async () => {
    const { code: exit, out } = await hutong('link', 'explain', code, '--ua', userAgentIn('taobao', 'ios'));
    expect(exit).toBe(0);
    const text = out.join('\n');
    expect(text).toContain('盖碗');
    expect(text).toContain('Opened in Taobao 10.14.0 on ios, a phone');
    expect(text).toContain('told by “AliApp(TB/”');
    expect(text).toContain('1. copy_text');
    expect(text).toMatch(/page +offered +reported +127\.0\.0\.1:\d+ may be stopped here/);
    expect(text).toMatch(/wechat +page +page +documented/);
  });

  test('for programs: one object', async () => {
    const [explained] = await json('link', 'explain', code, '--app', 'weibo', '--system', 'android');
    expect(explained).toMatchObject({
      link: { code, state: 'active' },
      visitor: { app: 'weibo', os: 'android' },
      opening: { kind: 'landing', steps: [{ kind: 'page' }, { kind: 'copy_text' }] },
    });
  });

  test('a link that is not there is said', async () => {
    const { code: exit, notes } = await hutong('link', 'explain', 'zzzz2345');
    expect(exit).toBe(1);
    expect(notes.join('\n')).toContain('there is no link zzzz2345');
  });
});
