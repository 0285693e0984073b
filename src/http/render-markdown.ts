import { html, type Html, type HtmlValue } from '../base/html.ts';

/** Where a link of a page leads on this server, or null when what it names is not served here. */
export type ResolveLink = (link: string) => string | null;

/**
 * The part of Markdown that our own pages in docs/ use: headings, paragraphs, lists, tables, fences, code, bold, links and
 * named anchors. Everything else, HTML too, is shown as it is written. Only for files of ours.
 */
export function renderMarkdown(text: string, resolveLink: ResolveLink): Html {
  const blocks: Html[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; ) {
    const block = readBlock(lines, at, resolveLink);
    if (block.html !== null) blocks.push(block.html);
    at = block.next;
  }
  return html`${blocks}`;
}

/** As code hosts make anchors of headings. */
export function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

interface Block {
  html: Html | null;
  /** The first line after it; always further than where it began. */
  next: number;
}

const ITEM = /^(?:-|\d+\.) /;

function readBlock(lines: readonly string[], at: number, resolve: ResolveLink): Block {
  const line = lines[at] ?? '';
  if (line.trim() === '') return { html: null, next: at + 1 };
  if (line.startsWith('```')) return readFence(lines, at);
  const heading = /^(#{1,6}) (.+)$/.exec(line);
  if (heading !== null) return { html: showHeading(heading[1]?.length ?? 1, heading[2] ?? '', resolve), next: at + 1 };
  if (line.startsWith('|')) return readTable(lines, at, resolve);
  if (ITEM.test(line)) return readList(lines, at, resolve);
  const end = endOf(lines, at, (next) => next.trim() === '' || /^(#|```|\|)/.test(next) || ITEM.test(next));
  return { html: html`<p>${inline(lines.slice(at, end).join('\n'), resolve)}</p>`, next: end };
}

function readFence(lines: readonly string[], at: number): Block {
  const end = endOf(lines, at, (line) => line.startsWith('```'));
  return { html: html`<pre tabindex="0"><code>${lines.slice(at + 1, end).join('\n')}</code></pre>`, next: end + 1 };
}

function showHeading(level: number, text: string, resolve: ResolveLink): Html {
  const id = slugOf(text);
  const inner = inline(text, resolve);
  if (level === 1) return html`<h1 id="${id}">${inner}</h1>`;
  return level === 2 ? html`<h2 id="${id}">${inner}</h2>` : html`<h3 id="${id}">${inner}</h3>`;
}

function readTable(lines: readonly string[], at: number, resolve: ResolveLink): Block {
  const end = endOf(lines, at, (line) => !line.startsWith('|'));
  const [head = '', , ...rows] = lines.slice(at, end);
  const cells = (row: string): HtmlValue[] =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => inline(cell.trim(), resolve));
  const body = rows.map((row) => html`<tr>${cells(row).map((cell) => html`<td>${cell}</td>`)}</tr>\n`);
  const top = html`<tr>${cells(head).map((cell) => html`<th scope="col">${cell}</th>`)}</tr>`;
  return {
    html: html`<div class="wide" tabindex="0"><table><thead>${top}</thead><tbody>\n${body}</tbody></table></div>`,
    next: end,
  };
}

/** Items may go on in lines that begin with blanks; a fence within one ends it, which our pages can live with. */
function readList(lines: readonly string[], at: number, resolve: ResolveLink): Block {
  const isOrdered = /^\d/.test(lines[at] ?? '');
  const items: string[] = [];
  let next = at;
  for (; next < lines.length; next++) {
    const line = lines[next] ?? '';
    if (ITEM.test(line)) items.push(line.replace(ITEM, ''));
    else if (/^\s+\S/.test(line)) items.push(`${items.pop() ?? ''}\n${line.trim()}`);
    else break;
  }
  const shown = items.map((item) => html`<li>${inline(item, resolve)}</li>\n`);
  return { html: isOrdered ? html`<ol>${shown}</ol>` : html`<ul>${shown}</ul>`, next };
}

/** The first line after `at` for which `isEnd` holds, or the number of lines. */
function endOf(lines: readonly string[], at: number, isEnd: (line: string) => boolean): number {
  const found = lines.findIndex((line, index) => index > at && isEnd(line));
  return found === -1 ? lines.length : found;
}

const SPAN =
  /`([^`]+)`|\*\*([^*]+)\*\*|!\[([^\]]*)\]\([^)\s]+\)|\[((?:[^\]`]|`[^`]*`)+)\]\(([^)\s]+)\)|<a id="([\w-]+)"><\/a>/g;

function inline(text: string, resolve: ResolveLink): Html {
  const parts: HtmlValue[] = [];
  let end = 0;
  for (const match of text.matchAll(SPAN)) {
    parts.push(text.slice(end, match.index), showSpan(match, resolve));
    end = match.index + match[0].length;
  }
  return html`${[...parts, text.slice(end)]}`;
}

function showSpan(match: RegExpExecArray, resolve: ResolveLink): Html {
  const [, code, bold, picture, linked, link = '', anchor] = match;
  if (code !== undefined) return html`<code>${code}</code>`;
  if (bold !== undefined) return html`<strong>${inline(bold, resolve)}</strong>`;
  if (picture !== undefined) return html`<em>${picture}</em>`;
  if (anchor !== undefined) return html`<a id="${anchor}"></a>`;
  const href = resolve(link);
  const inner = inline(linked ?? '', resolve);
  return href === null ? inner : html`<a href="${href}">${inner}</a>`;
}
