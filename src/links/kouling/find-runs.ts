import type { Span } from './find-urls.ts';

/** Letters and digits in a row that could be a token, with what kinds they are of. */
export interface Run extends Span {
  upper: number;
  lower: number;
  digits: number;
}

const RUN_CHARS_MIN = 8;
const RUN_CHARS_MAX = 15;
/** More than these in one text are no message that people share. */
const RUNS_MAX = 32;

/** Every run of 8 to 15 ASCII letters and digits outside of what is skipped (in order); one look at each character. */
export function findRuns(text: string, skipped: readonly Span[]): Run[] {
  const runs: Run[] = [];
  let skip = 0;
  for (let at = 0; at < text.length && runs.length < RUNS_MAX; ) {
    const next = skipped[skip];
    if (next !== undefined && at >= next.start) {
      at = Math.max(at, next.end);
      skip += 1;
      continue;
    }
    const kind = kindOf(text.charCodeAt(at));
    if (kind === 0) {
      at += 1;
      continue;
    }
    const run = { start: at, end: at, upper: 0, lower: 0, digits: 0 };
    let here: 0 | 1 | 2 | 3 = kind;
    while (here !== 0) {
      if (here === 1) run.digits += 1;
      else if (here === 2) run.upper += 1;
      else run.lower += 1;
      at += 1;
      here = at < text.length ? kindOf(text.charCodeAt(at)) : 0;
    }
    run.end = at;
    const chars = run.end - run.start;
    if (chars >= RUN_CHARS_MIN && chars <= RUN_CHARS_MAX) runs.push(run);
  }
  return runs;
}

/** 0: neither letter nor digit of ASCII, 1: digit, 2: capital, 3: small. */
export function kindOf(code: number): 0 | 1 | 2 | 3 {
  if (code < 0x30 || code > 0x7a) return 0;
  if (code <= 0x39) return 1;
  if (code < 0x41) return 0;
  if (code <= 0x5a) return 2;
  return code < 0x61 ? 0 : 3;
}
