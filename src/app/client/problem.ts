import type { Lang } from '../api.ts';
import { problemTexts } from './problem-texts.ts';

/** Why the server declined, or why no answer came. `code` is one of docs/errors.md, or `no_answer` or `offline`, which are ours. */
export class Problem extends Error {
  readonly code: string;
  /** 0 where no answer came. */
  readonly status: number;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | null;
  constructor(code: string, status: number, facts: Record<string, unknown>, retryAfterSeconds: number | null) {
    super(code);
    this.name = 'Problem';
    this.code = code;
    this.status = status;
    this.facts = facts;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** True when nobody knows whether it was done: asking again with the same key finds out. */
export function isUnknown(error: unknown): boolean {
  return (
    error instanceof Problem && (error.code === 'no_answer' || error.code === 'unavailable' || error.status >= 500)
  );
}

/** One sentence for the person, in their language. What is no Problem is a fault of the app, and says so. */
export function sayProblem(error: unknown, lang: Lang): string {
  if (!(error instanceof Problem)) return problemTexts.app_fault?.[lang] ?? '';
  const text = problemTexts[error.code] ?? problemTexts[error.status >= 500 ? 'internal_error' : 'invalid_request'];
  const wait = error.retryAfterSeconds;
  return `${text?.[lang] ?? ''}${wait !== null && wait > 5 ? sayWait(wait, lang) : ''}`;
}

function sayWait(seconds: number, lang: Lang): string {
  const minutes = Math.ceil(seconds / 60);
  if (lang === 'en')
    return seconds < 60 ? ` Try again in ${seconds} seconds.` : ` Try again in ${sayEnglish(minutes)}.`;
  if (seconds < 60) return `请 ${seconds} 秒后再试。`;
  return minutes < 60 ? `请 ${minutes} 分钟后再试。` : `请 ${Math.ceil(minutes / 60)} 小时后再试。`;
}

function sayEnglish(minutes: number): string {
  const [count, unit] = minutes < 60 ? [minutes, 'minute'] : [Math.ceil(minutes / 60), 'hour'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
