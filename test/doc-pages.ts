import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/* Reads our pages of Markdown as the tests of the docs need them: headings, tables, links. */

export const root = resolve(import.meta.dirname, '..');

export function namesUnder(text: string, heading: string): string[] {
  return tableUnder(text, heading).map(([name = '']) => codeIn(name));
}

/** The rows of the nth table under a heading, up to the next heading; cells without the blanks around them. */
export function tableUnder(text: string, heading: string, nth = 0): string[][] {
  const rows = tableIn(sectionUnder(text, heading), nth);
  if (rows.length === 0) throw new Error(`there is no table under "${heading}"`);
  return rows;
}

export function sectionUnder(text: string, heading: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start === -1) throw new Error(`there is no heading "${heading}"`);
  const end = lines.findIndex((line, index) => index > start && /^#+ /.test(line));
  return lines.slice(start + 1, end === -1 ? undefined : end).join('\n');
}

export function tableIn(section: string, nth = 0): string[][] {
  const tables = section.split(/\n(?!\|)/).map((part) => part.split('\n').filter((line) => line.startsWith('|')));
  const lines = tables.filter((table) => table.length > 2)[nth] ?? [];
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The first `word` of a cell. */
export function codeIn(cell: string): string {
  return codesIn(cell)[0] ?? '';
}

export function codesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

export function numbersIn(cell = ''): number[] {
  return [...cell.replace(/`[^`]*`/g, '').matchAll(/\d+/g)].map(([digits]) => Number(digits));
}

export function linksOf(text: string): string[] {
  const prose = text.replace(/```[\s\S]*?```/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)|<(?:img|a)[^>]* (?:src|href)="([^"]+)"/g)]
    .map(([, inline, tag]) => inline ?? tag ?? '')
    .filter((link) => !/^https?:/.test(link));
}

export function isThere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? join(root, page) : resolve(root, dirname(page), path);
  if (!existsSync(target)) return false;
  if (anchor === undefined) return true;
  const text = readFileSync(target, 'utf8');
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slugOf(heading));
  return headings.includes(anchor) || text.includes(`<a id="${anchor}">`);
}

/** As code hosts make anchors of headings. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

/** Every page of ours, from the root. */
export function listPages(): string[] {
  const within = (dir: string): string[] =>
    readdirSync(join(root, dir)).flatMap((name) => {
      const path = join(dir, name);
      if (statSync(join(root, path)).isDirectory()) return within(path);
      return name.endsWith('.md') ? [path] : [];
    });
  const top = readdirSync(root).filter((name) => name.endsWith('.md'));
  return [...top, ...within('docs'), ...['sdk/README.md'].filter((path) => existsSync(join(root, path)))].map((path) =>
    relative('.', path),
  );
}

/** Every TypeScript file of a folder, from the root. */
export function sourcesOf(dir: string): string[] {
  return readdirSync(join(root, dir), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(dir, name));
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
