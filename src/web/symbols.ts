import { rawHtml, type Html } from '../base/html.ts';

/** Our own drawings for what happened; decoration beside a heading that says it. */
const SYMBOLS = {
  done: `<svg class="symbol symbol-done" viewBox="0 0 64 64" aria-hidden="true" focusable="false"><circle cx="32" cy="32" r="30"/><path d="M19 33.5l9 9 17.5-19"/></svg>`,
  refunded: `<svg class="symbol symbol-refunded" viewBox="0 0 64 64" aria-hidden="true" focusable="false"><circle cx="32" cy="32" r="30"/><path d="M22 30h15a8 8 0 0 1 0 16h-9M28 23l-7 7 7 7"/></svg>`,
  closed: `<svg class="symbol symbol-closed" viewBox="0 0 64 64" aria-hidden="true" focusable="false"><circle cx="32" cy="32" r="30"/><path d="M32 17v16l10 7"/></svg>`,
  canceled: `<svg class="symbol symbol-closed" viewBox="0 0 64 64" aria-hidden="true" focusable="false"><circle cx="32" cy="32" r="30"/><path d="M23 23l18 18M41 23L23 41"/></svg>`,
  notice: `<svg class="symbol symbol-notice" viewBox="0 0 64 64" aria-hidden="true" focusable="false"><circle cx="32" cy="32" r="30"/><path d="M32 18v17M32 44.5v.5"/></svg>`,
} as const;

export function symbol(name: keyof typeof SYMBOLS): Html {
  return rawHtml(SYMBOLS[name]);
}
