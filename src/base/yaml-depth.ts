const BRACKETS_MAX = 100;
const INDENT_MAX = 200;

/**
 * Whether YAML nests deeper than anybody writes: its parser goes down one call a level, and a small file of brackets took the whole
 * process with it. Counted without reading: open brackets, and what stands before a line's first word.
 */
export function nestsTooDeep(text: string): boolean {
  let open = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open = bracket === '[' || bracket === '{' ? open + 1 : Math.max(0, open - 1);
    if (open > BRACKETS_MAX) return true;
  }
  return text.split(/\r?\n/).some((line) => (/^[-?:\s]*/.exec(line)?.[0].length ?? 0) > INDENT_MAX);
}
