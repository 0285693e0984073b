import { BARE_URL, findSentence, findTag, rowsOfHost, TOKEN_ROWS } from './format-index.ts';
import { cleanUrl } from './clean-url.ts';
import { findRuns, type Run } from './find-runs.ts';
import { findTitle } from './find-title.ts';
import { findTokens, type FoundToken } from './find-token.ts';
import { endOfAscii, findUrls, type FoundUrl, type Span, toUrl } from './find-urls.ts';
import { foldText, type FoldedText, simplify } from './fold-text.ts';
import type { TextFormat } from './format-row.ts';
import type { AppOfText, PastedText, TextWarning } from './pasted-text.ts';
import { looksPrivate } from './private-words.ts';
import { readOwn } from './read-own.ts';
import { findShareCode } from './share-code.ts';
import { tokenOfUrl } from './token-of-url.ts';

/**
 * What somebody pasted: any text gives an answer, in a time that grows with its length alone, and nothing outside is asked. In this order: our
 * own codes, mini programs, addresses, tokens between signs, tokens beside an app's own sentence.
 */
export function readKouling(text: string): PastedText {
  const reading = openReading(foldText(text));
  return (
    readOurs(reading) ?? readMiniProgram(reading) ?? readLink(reading) ?? readToken(reading) ?? readNothing(reading)
  );
}

/** A text with what is found in it when it is first asked for. */
interface Reading {
  text: FoldedText;
  /** Folded, in simplified characters. */
  plain: string;
  urls: readonly FoundUrl[];
  warnings: Set<TextWarning>;
}

function openReading(text: FoldedText): Reading {
  const found = findUrls(text.folded);
  const urls = found.length === 0 ? findBareUrl(text.folded) : found;
  return { text, plain: simplify(text.folded), urls, warnings: new Set(text.isCut ? ['cut'] : []) };
}

function readOurs(reading: Reading): PastedText | null {
  const own = readOwn(reading.plain);
  if (own === null) return null;
  if (own.kind === 'mistyped') {
    reading.warnings.add('mistyped');
    return null; // an address beside it still counts
  }
  if (own.kind === 'link' && own.isOneOfSeveral) reading.warnings.add('several');
  const beside =
    own.kind === 'link' ? reading.urls.find(({ url }) => url.pathname.endsWith(`/${own.code}`)) : undefined;
  return toAnswer(reading, {
    app: 'hutong',
    kind: 'ours',
    token: own.code,
    url: beside === undefined ? null : urlOf(reading, beside, null),
    title: own.kind === 'link' ? findTitle(reading.text.shown, CORNER) : null,
    formatId: own.kind === 'link' ? 'hutong-text' : 'hutong-deferral',
    confidence: 'high',
  });
}

const CORNER = { brackets: '「」', starts: [], ends: [] } as const;

/** WeChat, short links of mini programs: `#小程序://name/page/letters`; the page may be missing. */
const MINI_PROGRAM = /#小程序:\/\/([^/\n]{1,40})\/(?:([^/\n]{1,40})\/)?([0-9A-Za-z]{10,20})(?![0-9A-Za-z])/;

function readMiniProgram(reading: Reading): PastedText | null {
  if (!reading.plain.includes('#小程序')) return null;
  const [, name, page, token] = MINI_PROGRAM.exec(reading.text.folded) ?? [];
  if (name === undefined || token === undefined) return null;
  const title = page === undefined ? name.trim() : `${name.trim()} / ${page.trim()}`;
  const formatId = 'wechat-mini-program';
  return toAnswer(reading, { app: 'wechat', kind: 'mini_program', token, title, formatId, confidence: 'high' });
}

function readLink(reading: Reading): PastedText | null {
  const { urls, warnings, text } = reading;
  const known = urls.filter(({ url }) => url.port === '' && rowsOfHost(url.hostname).length > 0);
  const chosen = known[0] ?? urls[0];
  if (chosen === undefined) return null;
  if ((known.length > 0 ? known : urls).length > 1) warnings.add('several');
  if (known.length === 0) {
    if (findTag(reading.plain) !== null || findSentence(reading.plain) !== null) warnings.add('not_the_apps_host');
    const title = findTitle(text.shown, CORNER);
    return toAnswer(reading, { kind: 'link', url: urlOf(reading, chosen, null), title, confidence: 'medium' });
  }
  const { row, token } = fitRow(reading, chosen);
  return toAnswer(reading, {
    app: row.app,
    kind: 'link',
    token,
    url: urlOf(reading, chosen, row),
    title: row.title === null ? null : findTitle(text.shown, row.title),
    shareCode: row.shareCode === null ? null : findShareCode(text.folded, row.shareCode, reading.urls),
    formatId: row.id,
    confidence: 'high',
  });
}

/** Among the rows of a host, those of the app that the text names; of these the first whose token is there, else the first without any. */
function fitRow(reading: Reading, { url }: FoundUrl): { row: TextFormat; token: string | null } {
  const rows = rowsOfHost(url.hostname);
  const app = chooseApp(reading, rows);
  const own = rows.filter((row) => row.app === app);
  for (const row of own) {
    const token = tokenOfUrl(url, row) ?? tokenBesideUrl(reading, row);
    if (token !== null) return { row, token };
  }
  const row = own.find(({ tokens }) => tokens.length === 0) ?? own[0] ?? rows[0];
  if (row === undefined) throw new Error('a known host has rows');
  return { row, token: null };
}

function chooseApp({ plain }: Reading, rows: readonly TextFormat[]): AppOfText | undefined {
  const first = rows[0]?.app;
  if (rows.every(({ app }) => app === first)) return first;
  const isThere = (app: AppOfText | undefined): boolean => rows.some((row) => row.app === app);
  const tagged = findTag(plain)?.app;
  if (isThere(tagged)) return tagged;
  const spoken = findSentence(plain) ?? undefined;
  return isThere(spoken) ? spoken : first;
}

function tokenBesideUrl(reading: Reading, row: TextFormat): string | null {
  if (!row.tokens.some((place) => place.in === 'fence')) return null;
  const { folded } = reading.text;
  const [found] = findTokens(folded, runsOf(reading), row, { hasSentence: false, hasCompany: true });
  return found === undefined ? null : folded.slice(found.run.start, found.run.end);
}

/** A token by itself: the app that its sentence names, or Taobao's where the fence alone speaks. */
function readToken(reading: Reading): PastedText | null {
  const runs = runsOf(reading);
  if (runs.length === 0) return null;
  const { folded, shown } = reading.text;
  const named = findSentence(reading.plain) ?? findTag(reading.plain)?.app ?? null;
  const row = TOKEN_ROWS.find(({ app }) => app === named) ?? TOKEN_ROWS[0];
  if (row === undefined) return null;
  const shareCode = row.shareCode === null ? null : findShareCode(folded, row.shareCode, reading.urls);
  const signs = { hasSentence: named === row.app, hasCompany: shareCode !== null };
  const found = findTokens(folded, runs, row, signs);
  const [first] = found;
  if (first === undefined) return null;
  if (looksPrivate(reading.plain)) {
    reading.warnings.add('looks_private');
    return null;
  }
  if (isSeveral(folded, found)) reading.warnings.add('several');
  return toAnswer(reading, {
    app: row.app,
    kind: 'token',
    token: folded.slice(first.run.start, first.run.end),
    title: row.title === null ? null : findTitle(shown, row.title),
    shareCode,
    formatId: row.id,
    confidence: first.confidence,
  });
}

function isSeveral(text: string, [first, ...others]: readonly FoundToken[]): boolean {
  return others.some(
    ({ run, confidence }) =>
      confidence === first?.confidence && text.slice(run.start, run.end) !== text.slice(first.run.start, first.run.end),
  );
}

function readNothing(reading: Reading): PastedText {
  return toAnswer(reading, { confidence: 'low' });
}

/** Runs outside of addresses and titles: what is sold may be called anything. */
function runsOf({ text: { folded }, urls }: Reading): Run[] {
  const titles: Span[] = [];
  for (let open = folded.indexOf('「'); open >= 0 && titles.length < TITLES_MAX; ) {
    const close = folded.indexOf('」', open + 1);
    if (close < 0) break;
    titles.push({ start: open, end: close + 1 });
    open = folded.indexOf('「', close + 1);
  }
  return findRuns(
    folded,
    [...urls, ...titles].sort((left, right) => left.start - right.start),
  );
}

const TITLES_MAX = 4;

function urlOf({ warnings }: Reading, { url, hadCredentials }: FoundUrl, row: TextFormat | null): string {
  const { text, isChanged } = cleanUrl(url, row);
  if (hadCredentials) warnings.add('credentials_removed');
  if (isChanged) warnings.add('tracking_removed');
  return text;
}

/** `m.tb.cn/h.…` without a scheme, of the rows' own short hosts. */
function findBareUrl(text: string): FoundUrl[] {
  const match = text.includes('/') ? BARE_URL.exec(text) : null;
  if (match === null) return [];
  const end = endOfAscii(text, match.index);
  const found = toUrl(`https://${text.slice(match.index, end)}`);
  return found === null ? [] : [{ ...found, start: match.index, end }];
}

function toAnswer(reading: Reading, said: Partial<PastedText> & Pick<PastedText, 'confidence'>): PastedText {
  return {
    app: null,
    kind: 'none',
    token: null,
    url: null,
    title: null,
    shareCode: null,
    formatId: null,
    ...said,
    warnings: [...reading.warnings],
  };
}
