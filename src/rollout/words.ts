import type { Lang } from '../base/lang.ts';

/** One sentence in both languages. */
export type Words = Readonly<Record<Lang, string>>;

export function words(zh: string, en: string): Words {
  return { 'zh-CN': zh, en };
}
