import { describe, expect, test } from 'vitest';
import { REFUSALS } from '../../base/refusals.ts';
import { problemTexts } from './problem-texts.ts';
import { isUnknown, Problem, sayProblem } from './problem.ts';
import { chinese } from './texts/chinese.ts';
import { english } from './texts/english.ts';
import { contrastWithWhite, underWhite } from './ui/colours.ts';

/** Codes of the shops' API, which this app never meets. */
const OF_SHOPS = [
  'api_key_missing',
  'api_key_invalid',
  'scope_missing',
  'order_no_taken',
  'payment_not_refundable',
  'refund_exceeds_payment',
  'wallet_not_available',
  'refund_no_taken',
  'wallet_account_taken',
  'webhook_endpoints_max',
  'webhook_endpoint_disabled',
  'qr_codes_max',
  'qr_code_disabled',
  'statement_closed',
  'break_resolved',
  'link_host_not_proved',
  'link_host_taken',
  'link_proof_missing',
  'link_hosts_max',
  'link_apps_max',
  'link_taken_down',
  'link_payment_over',
  'link_blocked',
  'campaign_invalid',
  'offer_changed',
  'offer_funder_not_yours',
  'offer_stopped',
  'offer_version_outdated',
  'link_version_outdated',
  'offers_max',
  'rollout_exists',
  'rollout_state',
  'rollouts_max',
  'versions_max',
  'vouchers_max',
];

describe('what people read', () => {
  test('every code that this app can meet has its sentence in both languages, and no other has', () => {
    const own = ['offline', 'no_answer', 'app_fault'];
    const wanted = [...Object.keys(REFUSALS).filter((code) => !OF_SHOPS.includes(code)), ...own];
    expect(Object.keys(problemTexts).sort()).toEqual(wanted.sort());
    for (const text of Object.values(problemTexts)) {
      expect(text['zh-CN']).toMatch(/\p{Script=Han}.*[。]$/u);
      expect(text.en).toMatch(/^[A-Z].*[.]$/);
    }
  });

  test('a wait is said in the unit that people think in', () => {
    const say = (seconds: number, lang: 'zh-CN' | 'en'): string =>
      sayProblem(new Problem('pin_locked', 423, {}, seconds), lang);
    expect(say(30, 'zh-CN')).toContain('30 秒后');
    expect(say(180, 'zh-CN')).toContain('3 分钟后');
    expect(say(10_800, 'zh-CN')).toContain('3 小时后');
    expect(say(60, 'en')).toContain('in 1 minute.');
  });

  test.each([
    ['no_answer', 0, true],
    ['unavailable', 503, true],
    ['internal_error', 500, true],
    ['offline', 0, false],
    ['limit_exceeded', 422, false],
    ['step_up_invalid', 403, false],
  ])('%s (%i): whether it was done is not known: %s', (code, status, isNotKnown) => {
    expect(isUnknown(new Problem(code, status, {}, null))).toBe(isNotKnown);
  });

  test('an unheard-of code and a fault of the app still say something', () => {
    expect(sayProblem(new Problem('brand_new', 422, {}, null), 'en')).toMatch(/not right/);
    expect(sayProblem(new Error('x'), 'zh-CN')).toMatch(/页面/);
  });

  test('no English is left in Chinese, nor Chinese in English, but for names', () => {
    const allowed = /互通|中文|English|Excel|WPS|OFX|Beancount|¥|QR/g;
    const han = listWords(english).filter((words) => /\p{Script=Han}/u.test(words.replace(allowed, '')));
    const latin = listWords(chinese).filter((words) => /[A-Za-z]{3,}/.test(words.replace(allowed, '')));
    expect([han, latin]).toEqual([[], []]);
  });

  test('bank colours are darkened until white words on them can be read', () => {
    for (const colour of ['#ffffff', '#ffdd00', '#009882', '#c8102e', '#ee5a00', 'red', ''])
      expect(
        contrastWithWhite([1, 3, 5].map((i) => Number.parseInt(underWhite(colour).slice(i, i + 2), 16))),
      ).toBeGreaterThan(4.5);
    expect(underWhite('#06306a')).toBe('#06306a');
  });
});

function listWords(words: object): string[] {
  return Object.values(words).flatMap((value: unknown) => {
    if (typeof value === 'string') return [value];
    return typeof value === 'object' && value !== null ? listWords(value) : [];
  });
}
