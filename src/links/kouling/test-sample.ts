import type { AppOfText, PastedText } from './pasted-text.ts';

/* Texts as people share them, written by hand in the shapes that apps give them; every token and address is made up. */

export interface Sample {
  text: string;
  app: AppOfText | null;
  kind: PastedText['kind'];
  token: string | null;
  url: string | null;
  shareCode: string | null;
  /** Left out: not compared. */
  title?: string | null;
}

type More = Partial<Pick<Sample, 'token' | 'url' | 'shareCode' | 'title'>>;

export function link(app: AppOfText | null, text: string, url: string, more: More = {}): Sample {
  return { text, app, kind: 'link', token: null, shareCode: null, url, ...more };
}

export function token(app: AppOfText, text: string, letters: string, more: More = {}): Sample {
  return { text, app, kind: 'token', token: letters, url: null, shareCode: null, ...more };
}

export function program(text: string, letters: string, title: string): Sample {
  return { text, app: 'wechat', kind: 'mini_program', token: letters, url: null, shareCode: null, title };
}
