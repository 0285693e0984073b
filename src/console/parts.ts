import { html, type Html, rawHtml } from '../base/html.ts';
import { shanghaiDay } from '../base/shanghai.ts';
import { type Currency, formatMoney, money } from '../money/money.ts';
import { showDuration } from '../rollout/units.ts';
import { walletColour } from '../wallets/wallet-names.ts';
import type { Visitor } from './visitor.ts';

/* Small pieces that several pages are made of. */

/** `2026-11-23 10:05` in Asia/Shanghai. */
export function timeText(instant: Date): string {
  const minute = Math.floor((instant.getTime() / 60_000 + 8 * 60) % 1440);
  return `${shanghaiDay(instant)} ${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

export function time(instant: Date | string | null, none = '–'): Html {
  if (instant === null) return html`${none}`;
  const at = typeof instant === 'string' ? new Date(instant) : instant;
  return html`<time datetime="${at.toISOString()}">${timeText(at)}</time>`;
}

/**
 * Sentences that were written for programs name instants by ISO 8601; people read them as everything else here. Shops write some of these
 * sentences: what only looks like an instant stays as it is.
 */
export function withLocalTimes(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (iso) => {
    const instant = new Date(iso);
    return Number.isNaN(instant.getTime()) ? iso : timeText(instant);
  });
}

const UNITS = { d: '天', h: '小时', m: '分钟', s: '秒' } as const;

/** `2h` to whoever reads English, `2 小时` in Chinese. */
export function durationText({ lang }: Pick<Visitor, 'lang'>, ms: number): string {
  const short = showDuration(ms);
  if (lang === 'en') return short;
  return short.replace(/[dhms]$/, (unit) => ` ${UNITS[unit as keyof typeof UNITS]}`); // the pattern allows no other unit
}

export function amountText(currency: Currency, minor: bigint | string): string {
  return formatMoney(money(currency, BigInt(minor)));
}

export type Tone = 'good' | 'calm' | 'warn' | 'bad' | 'off';

export function chip(tone: Tone, text: string, testId = ''): Html {
  return html`<span class="chip chip-${tone}"${testId !== '' && html` data-testid="${testId}"`}>${text}</span>`;
}

/** A wallet's first letter in the colour that people know it by; decoration beside its name. */
export function walletMark(wallet: string, label: string): Html {
  const letter = label.match(/./u)?.[0] ?? '';
  return html`<svg class="mark" viewBox="0 0 40 40" aria-hidden="true" focusable="false"><rect width="40" height="40" rx="10" fill="${walletColour(wallet)}"/><rect width="40" height="40" rx="10" fill="#000" opacity="0.12"/><text x="20" y="27" text-anchor="middle" font-size="19" font-weight="600" fill="#fff">${letter}</text></svg>`;
}

/** A bar that is filled to a part of one; decoration beside its figure. */
export function bar(part: number, tone: Tone | 'accent' = 'accent'): Html {
  const width = Math.max(0, Math.min(100, part * 100));
  return html`<svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="meter-ground" width="100" height="6" rx="3"/><rect class="meter-${tone}" width="${width > 0 ? Math.max(width, 1.2).toFixed(2) : 0}" height="6" rx="3"/></svg>`;
}

/**
 * A table that scrolls by itself where the window is narrower, also by keyboard. On a phone each row becomes a block of its own, in which every
 * cell says its column's name.
 */
export function table(caption: string, heads: readonly (string | { right: string })[], rows: readonly Html[]): Html {
  const cells = heads.map((head) =>
    typeof head === 'string'
      ? html`<th scope="col">${head}</th>`
      : html`<th scope="col" class="right">${head.right}</th>`,
  );
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption class="visually-hidden">${caption}</caption><thead><tr>${cells}</tr></thead><tbody>${rows.map((row) => nameCells(row, heads))}</tbody></table></div>`;
}

/** Cells are written by us, and what stands in them is escaped: a tag that begins like one is one. */
function nameCells(row: Html, heads: readonly (string | { right: string })[]): Html {
  const names = heads.map((head) => (typeof head === 'string' ? head : head.right));
  let cell = 0;
  return rawHtml(
    row.toString().replace(/<t[hd](?=[ >])[^>]*/g, (tag) => {
      const name = names[cell++ % names.length] ?? '';
      return name === '' ? tag : `${tag}${html` data-column="${name}"`.toString()}`;
    }),
  );
}

export function empty(text: string): Html {
  return html`<p class="empty">${text}</p>`;
}

/** A fact with its name, in a list of them. */
export function fact(name: string, value: Html | string, more: Html | string | null = null): Html {
  return html`<div class="fact"><dt>${name}</dt><dd>${value}</dd>${more !== null && html`<dd class="fine">${more}</dd>`}</div>`;
}

/** A part of a page that is refreshed by itself; named, so that it is found again. */
export function live(name: string, content: Html): Html {
  return html`<div data-live="${name}">${content}</div>`;
}
