import { describe, expect, test } from 'vitest';
import { userAgents } from '../../wallets/detect/test-user-agents.ts';
import { createVisitorReader, readVisitor } from './read-visitor.ts';

const inApp = userAgents.filter(({ app }) => app !== 'browser');

describe('people in apps', () => {
  test.each(inApp)('$app on $os is a person: $text', ({ app, os, text }) => {
    expect(readVisitor(text, undefined)).toMatchObject({ app, os, robot: null });
  });

  test('there are at least seventy-five such texts, of every app that we know', () => {
    expect(inApp.length).toBeGreaterThanOrEqual(75);
    expect(new Set(inApp.map(({ app }) => app)).size).toBeGreaterThanOrEqual(27);
  });

  test('a phone’s or a desktop’s browser is a person’s', () => {
    const browsers = userAgents.filter(({ app, text }) => app === 'browser' && text.startsWith('Mozilla/'));
    expect(browsers.length).toBeGreaterThan(10);
    expect(browsers.filter(({ text }) => readVisitor(text, undefined).robot !== null)).toEqual([]);
  });
});

describe('robots by the names they give themselves', () => {
  test.each([
    ['facebook', 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)'],
    ['facebook', 'meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)'],
    [
      'facebook',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0',
    ],
    ['twitter', 'Twitterbot/1.0'],
    ['whatsapp', 'WhatsApp/2.23.20.0 A'],
    ['slack', 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'],
    ['slack', 'Slack-ImgProxy (+https://api.slack.com/robots)'],
    ['telegram', 'TelegramBot (like TwitterBot)'],
    ['discord', 'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)'],
    ['linkedin', 'LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)'],
    ['mastodon', 'http.rb/5.1.1 (Mastodon/4.2.8; +https://mastodon.social/)'],
    ['fediverse', 'Misskey/2024.5.0'],
    ['skype', 'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5'],
    [
      'bytedance',
      'Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)',
    ],
    ['bytedance', 'Mozilla/5.0 (compatible; ToutiaoSpider/1.0; http://web.toutiao.com/media_cooperation/)'],
    ['baidu', 'Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)'],
    [
      'baidu',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 9_1 like Mac OS X) AppleWebKit/601.1.46 (KHTML, like Gecko) Version/9.0 Mobile/13B143 Safari/601.1 (compatible; Baiduspider-render/2.0; Smartapp; +http://www.baidu.com/search/spider.html)',
    ],
    [
      'qihoo',
      'Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/50.0.2661.102 Safari/537.36; 360Spider',
    ],
    ['sogou', 'Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)'],
    [
      'yisou',
      'Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/69.0.3497.81 YisouSpider/5.0 Safari/537.36',
    ],
    ['petal', 'Mozilla/5.0 (compatible;PetalBot;+https://webmaster.petalsearch.com/site/petalbot)'],
    [
      'apple',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.1.1 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)',
    ],
    [
      'google',
      'Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    ],
    [
      'bing',
      'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36',
    ],
    [
      'openai',
      'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
    ],
    ['other', 'curl/8.5.0'],
    ['other', 'python-requests/2.32.3'],
    ['other', ''],
    ['other', '   '],
  ])('%s: %s', (robot, text) => {
    expect(readVisitor(text, undefined).robot).toBe(robot);
  });
});

describe('what is remembered', () => {
  const [first, second] = userAgents;

  test('one text and one language are read once', () => {
    const read = createVisitorReader(4);
    const visitor = read(first?.text ?? '', 'en');
    expect(read(first?.text ?? '', 'en')).toBe(visitor);
    expect(read(first?.text ?? '', 'zh')).toMatchObject({ app: visitor.app, lang: 'zh-CN' });
    expect(read(second?.text ?? '', 'en')).not.toBe(visitor);
  });

  test('a flood of made-up texts pushes out only what nobody asks for', () => {
    const read = createVisitorReader(8);
    const visitor = read(first?.text ?? '', 'en');
    for (let i = 0; i < 100; i++) {
      read(`Mozilla/5.0 made up ${i}`, 'en');
      expect(read(first?.text ?? '', 'en')).toBe(visitor);
    }
  });

  test('the longest of texts is answered', () => {
    const long = `MicroMessenger/8.0.44 ${'x'.repeat(100_000)}`;
    expect(createVisitorReader(4)(long, undefined)).toMatchObject({ app: 'wechat', robot: null, lang: 'zh-CN' });
  });
});
