import type { Lang } from '../base/lang.ts';

/** Says a sentence in the reader's language; both stand side by side where it is said. */
export type Say = (chinese: string, english: string) => string;

export function sayIn(lang: Lang): Say {
  return (chinese, english) => (lang === 'en' ? english : chinese);
}
