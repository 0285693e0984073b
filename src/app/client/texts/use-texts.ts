import type { Lang } from '../../api.ts';
import { useWallet } from '../wallet-state.ts';
import { chinese } from './chinese.ts';
import { english } from './english.ts';

/** Every word that people read; the compiler sees to it that both languages have each. */
export type Texts = typeof chinese;

const TEXTS: Readonly<Record<Lang, Texts>> = { 'zh-CN': chinese, en: english };

/** The words in the language that is chosen now. */
export function useTexts(): Texts {
  return TEXTS[useWallet().lang];
}
