import type { AppOfText } from './pasted-text.ts';

/** Where a token stands, and of how many letters it is. */
export type TokenPlace =
  /** A parameter of the address; `wrapped`: between @, or as base64. */
  | { in: 'parameter'; name: string; wrapped: 'no' | 'at' | 'base64'; charsMin: number; charsMax: number }
  /** Between two signs: currency signs, or others where the letters look drawn by lot. */
  | { in: 'fence'; charsMin: number; charsMax: number }
  /** Anywhere, but only beside a sentence of the app. */
  | { in: 'sentence'; charsMin: number; charsMax: number };

/** One way in which an app writes what people share. Adding an app is adding rows. */
export interface TextFormat {
  id: string;
  app: AppOfText;
  /** Year or month in which it was first seen, and the last; null: still in use. */
  since: string;
  until: string | null;
  /** `m.tb.cn` itself, `.taobao.com` with every host below it. */
  hosts: readonly string[];
  /** Stands in 【】 or [] before the text. */
  tags: readonly string[];
  /** How the app calls itself after "open", "go to", "in": 打开手机淘宝. */
  names: readonly string[];
  /** Other pieces of its own sentences, in simplified characters. */
  sentences: readonly string[];
  tokens: readonly TokenPlace[];
  title: { brackets: '「」' | '【】'; starts: readonly string[]; ends: readonly string[] } | null;
  shareCode: 'capitals_and_digits' | 'extraction' | null;
  /** Parameters of the address that stay; null: all but `drop`. */
  keep: readonly string[] | null;
  /** Parameters that tell of a device or a person; a name ending in * stands for all that begin so. */
  drop: readonly string[];
  /** seen: real texts of the kind were looked at. reported: others describe it. */
  evidence: 'seen' | 'reported';
  source: string;
}

/** What plain links lose, too: names that only ever follow people around. */
export const TRACKING: readonly string[] = [
  'utm_*',
  'gclid',
  'fbclid',
  'msclkid',
  'yclid',
  'dclid',
  'igshid',
  'mc_eid',
  'spm',
  'scm',
  'ut_sk',
  'share_token',
  'shareuid',
  'hutong_link',
];
