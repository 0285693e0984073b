import { FORMATS } from './formats.ts';
import type { TextFormat } from './format-row.ts';
import type { AppOfText } from './pasted-text.ts';

/* The rows of formats.ts, made ready once so that a text meets only those that concern it. */

const byHost = new Map<string, TextFormat[]>();
for (const row of FORMATS) for (const host of row.hosts) byHost.set(host, [...(byHost.get(host) ?? []), row]);

const byTag = new Map<string, AppOfText>(FORMATS.flatMap((row) => row.tags.map((tag) => [tag, row.app] as const)));

const longestFirst = (left: string, right: string): number => right.length - left.length;
const unique = (texts: readonly string[]): string[] => [...new Set(texts)].sort(longestFirst);

const appOfName = new Map(FORMATS.flatMap((row) => row.names.map((name) => [name, row.app] as const)));
const appOfSentence = new Map(FORMATS.flatMap((row) => row.sentences.map((piece) => [piece, row.app] as const)));

/** "Open", "go to", "in" and the like, at most four signs (👉【“), an app's name. */
const SPOKEN = new RegExp(
  `(?:打开|启动|去|到|来|在|进入|[Oo]pen|[Gg]o to)[^\\p{L}\\p{N}\\n]{0,6}(${unique([...appOfName.keys()])
    .map(escape)
    .join('|')})`,
  'u',
);
const SENTENCE = new RegExp(
  unique([...appOfSentence.keys()])
    .map(escape)
    .join('|'),
  'u',
);

/** Hosts that are written without a scheme often enough. */
const BARE = [...byHost.keys()].filter((host) => !host.startsWith('.') && host.length <= 12);
/** `m.tb.cn/h.Uf5nC9e`: a host of the rows and a path, nothing of an address or a word right before it. */
export const BARE_URL = new RegExp(`(?<![0-9A-Za-z@./_-])(?:${BARE.sort(longestFirst).map(escape).join('|')})/[!-~]`);

/** Rows of the most exact host that fits: the host itself, then the nearest one above it. Empty for hosts that no row knows. */
export function rowsOfHost(hostname: string): readonly TextFormat[] {
  const exact = byHost.get(hostname);
  if (exact !== undefined) return exact;
  for (let dot = -1; ; ) {
    const rows = byHost.get(`.${hostname.slice(dot + 1)}`);
    if (rows !== undefined) return rows;
    dot = hostname.indexOf('.', dot + 1);
    if (dot < 0) return NONE;
  }
}

const NONE: readonly TextFormat[] = [];

/** Rows of an app whose tokens stand by themselves, without an address. */
export const TOKEN_ROWS: readonly TextFormat[] = FORMATS.filter(
  ({ hosts, tokens }) => hosts.length === 0 && tokens.length > 0,
);

/** The app whose tag stands in 【】 or []; the text is folded and simplified. */
export function findTag(text: string): { app: AppOfText; tag: string } | null {
  return tagIn(text, '【', '】') ?? tagIn(text, '[', ']');
}

const TAG_CHARS_MAX = 8;
/** Brackets that are looked into. */
const TAGS_MAX = 6;

function tagIn(text: string, open: string, close: string): { app: AppOfText; tag: string } | null {
  let at = text.indexOf(open);
  for (let count = 0; at >= 0 && count < TAGS_MAX; count += 1) {
    const inner = text.slice(at + 1, at + 2 + TAG_CHARS_MAX);
    const end = inner.indexOf(close);
    const tag = end < 0 ? '' : inner.slice(0, end).trim();
    const app = byTag.get(tag);
    if (app !== undefined) return { app, tag };
    at = text.indexOf(open, at + 1);
  }
  return null;
}

/** True for what stands in brackets only to name the app. */
export function isTag(text: string): boolean {
  return byTag.has(text) || appOfName.has(text);
}

/** The app that a sentence of its own names; the text is folded and simplified. */
export function findSentence(text: string): AppOfText | null {
  const piece = SENTENCE.exec(text)?.[0];
  if (piece !== undefined) return appOfSentence.get(piece) ?? null;
  const name = SPOKEN.exec(text)?.[1];
  return name === undefined ? null : (appOfName.get(name) ?? null);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
