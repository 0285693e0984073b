import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LINK_TITLE_CHARS_MAX, PASTED_CHARS_MAX } from '../../base/link-limits.ts';
import { FORMATS } from './formats.ts';
import { rowsOfHost } from './format-index.ts';
import { readKouling } from './read-kouling.ts';
import { NEGATIVES } from './test-no-texts.ts';
import { POSITIVES } from './test-texts.ts';

/* What holds for any text at all. fast-check prints the seed of a run that fails. */

const PIECES = [
  ...POSITIVES.map(({ text }) => text),
  ...NEGATIVES,
  ...FORMATS.flatMap(({ hosts, tags, names, sentences }) => [
    ...hosts.map((host) => `https://${host.replace(/^\./, 'www.')}/`),
    ...tags.map((tag) => `【${tag}】`),
    ...names,
    ...sentences,
  ]),
  ...Array.from('￥$€₤「」【】()/#@?&=%.,;:!~\'"<>\\`|{}[]^ \n\t\u200b\ufeff\u202e😀🗝️／？＃：．'),
  'http://',
  'HTTPS://',
  'javascript:',
  'user:pass@',
  'tk=',
  'jkl=@',
  'sp_tk=',
  '互通码 ',
  'abcd-2345-k',
  'HT-',
  '#小程序://',
  '打开',
  '复制',
  'xn--',
  '%',
  '%E4',
  '..',
  '\ud800',
  'аpple.com',
  'ﷺ',
];
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc
    .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 12 })), { maxLength: 12 })
    .map((parts) => parts.join('')),
);

test('any text gives an answer whose parts fit together', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const read = readKouling(text);
      expect(
        read.kind === 'token' || read.kind === 'mini_program' || read.kind === 'ours' ? read.token : '',
      ).not.toBeNull();
      expect(read.kind === 'link').toBe(read.kind === 'link' && read.url !== null);
      if (read.kind === 'none')
        expect([read.app, read.token, read.url, read.title, read.formatId]).toEqual([null, null, null, null, null]);
      if (read.token !== null) expect(read.token).toMatch(/^[0-9A-Za-z-]{8,32}$/);
      if (read.title !== null) expect(read.title.isWellFormed() && read.title.length <= 200).toBe(true);
      if (read.shareCode !== null) expect(read.shareCode).toMatch(/^(?:[A-Z]{2}\d{3,4}|[0-9A-Za-z]{4})$/);
      if (read.app !== null && read.kind === 'link') {
        expect(rowsOfHost(new URL(read.url ?? '').hostname).some(({ app }) => app === read.app)).toBe(true);
      }
    }),
    { numRuns: 3000 },
  );
});

test('an address is http or https, names no user, and reads as itself again', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { url } = readKouling(text);
      if (url === null) return;
      const parsed = new URL(url);
      expect(['http:', 'https:']).toContain(parsed.protocol);
      expect([parsed.username, parsed.password]).toEqual(['', '']);
      expect(url).not.toMatch(/[^!-~]/);
      const again = readKouling(url);
      expect(again.url).toBe(url);
      expect(again.warnings).not.toContain('tracking_removed');
    }),
    { numRuns: 5000 },
  );
});

test('what nobody sees changes nothing', () => {
  const HIDDEN = ['\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad'];
  fc.assert(
    fc.property(fc.constantFrom(...POSITIVES), fc.infiniteStream(fc.nat({ max: 9 })), ({ text }, luck) => {
      const strewn = Array.from(text, (letter) => {
        const drawn = luck.next().value ?? 9;
        return drawn < HIDDEN.length ? letter + (HIDDEN[drawn] ?? '') : letter;
      }).join('');
      const [read, plain] = [readKouling(strewn), readKouling(text)];
      expect({ ...read, title: null }).toEqual({ ...plain, title: null });
    }),
    { numRuns: 1000 },
  );
});

test('a text past the limit is cut there, and says so', () => {
  const long = `https://m.tb.cn/h.VbNmAsD ${'好'.repeat(PASTED_CHARS_MAX)} https://3.cn/2AbCdEfG`;
  const read = readKouling(long);
  expect(read).toMatchObject({ app: 'taobao', url: 'https://m.tb.cn/h.VbNmAsD', warnings: ['cut'] });
  expect(readKouling(long.slice(0, PASTED_CHARS_MAX)).warnings).toEqual([]);
});

test('nothing that is repeated up to the limit keeps the reader', () => {
  const pieces = [...PIECES, 'https://a.b/', ')', 'http://(', 'aB3dE5fG7hJ ', '打开👉', '互通码 ab', '￥CZ028 '];
  for (const piece of pieces.filter((each) => each !== '')) {
    const text = piece.repeat(Math.ceil(PASTED_CHARS_MAX / piece.length) + 1);
    expect(readKouling(text).warnings, piece).toContain('cut'); // a reader that goes back and forth would not come so far within the test's time
  }
});

test('every row is dated, has a source, and its own name', () => {
  const ids = FORMATS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, since, until, source, hosts, tokens, title } of FORMATS) {
    expect(since, id).toMatch(/^20\d\d(?:-\d\d)?$/);
    if (until !== null) expect(until >= since, id).toBe(true);
    expect(source.length, id).toBeGreaterThan(10);
    for (const host of hosts) expect(host, id).toMatch(/^\.?[a-z0-9-]+(?:\.[a-z0-9-]+)+$/);
    for (const token of tokens) expect(token.charsMin <= token.charsMax, id).toBe(true);
    for (const text of [...(title?.starts ?? []), ...(title?.ends ?? [])])
      expect(text.length).toBeLessThan(LINK_TITLE_CHARS_MAX);
  }
});
