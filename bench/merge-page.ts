import { formatTable } from './harness.ts';

/**
 * Puts the parts that were measured alone into the page of a whole run: its sections are replaced or added, its goals in the table, and under
 * Machine a line says when they were measured. What was not measured stays as it is. Both are pages as `formatReport` writes them.
 */
export function mergePage(page: string, part: string, what: string): string {
  const [old, fresh] = [sectionsOf(page), sectionsOf(part)];
  for (const [title, text] of fresh) {
    if (title === '')
      old.set(title, text); // the introduction: today's words
    else if (title === 'Machine') old.set(title, mergeMachine(old.get(title) ?? '', text, what));
    else if (title === 'Goals') old.set(title, mergeGoals(old.get(title) ?? '', text));
    else old.set(title, text);
  }
  return `${[...old].map(([title, text]) => (title === '' ? text : `## ${title}\n\n${text}`)).join('\n\n')}\n`;
}

/** By title, in order; the introduction has none. */
function sectionsOf(page: string): Map<string, string> {
  const [introduction = '', ...rest] = page.split(/^## /m);
  const sections = new Map([['', introduction.trim()]]);
  for (const section of rest) {
    const end = section.indexOf('\n');
    sections.set(section.slice(0, end).trim(), section.slice(end).trim());
  }
  return sections;
}

function mergeMachine(old: string, fresh: string, what: string): string {
  const measured = fresh.split('\n').find((line) => line.startsWith('- measured on '));
  if (old === '' || measured === undefined) return fresh;
  const kept = old.split('\n').filter((line) => !line.startsWith(`- ${what} by itself: `));
  return [...kept, `- ${what} by itself: ${measured.slice(2)}`].join('\n');
}

/** Rows of the table by their first cell, the columns as wide as the widest of both. */
function mergeGoals(old: string, fresh: string): string {
  const rows = new Map<string, string[]>();
  for (const line of [...old.split('\n'), ...fresh.split('\n')]) {
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    const [name = ''] = cells;
    if (cells.length > 0 && !/^-+:?$/.test(name)) rows.set(name, cells);
  }
  const [head = [], ...body] = rows.values();
  return formatTable(head, body);
}
