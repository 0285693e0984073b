import type { Lang } from '../api.ts';
import { nowMs } from './clock.ts';

/** Days are counted where the banks are. */
const ZONE = 'Asia/Shanghai';

/** `14:03` */
export function showTime(iso: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, hour: '2-digit', minute: '2-digit' }).format(new Date(iso));
}

/** `11月23日`, or with the year where it is another one. */
export function showDay(iso: string, lang: Lang): string {
  const date = readDay(iso);
  const isThisYear = dayOf(date).slice(0, 4) === dayOf(new Date(nowMs())).slice(0, 4);
  return new Intl.DateTimeFormat(lang, {
    timeZone: ZONE,
    month: lang === 'en' ? 'short' : 'long',
    day: 'numeric',
    ...(isThisYear ? {} : { year: 'numeric' }),
  }).format(date);
}

/** `今天 14:03`, `11月20日 09:15` */
export function showMoment(iso: string, lang: Lang): string {
  const days = daysUntil(iso);
  const near = { 'zh-CN': ['昨天', '今天', '明天'], en: ['yesterday', 'today', 'tomorrow'] }[lang][days + 1];
  return `${near ?? showDay(iso, lang)} ${showTime(iso)}`;
}

/** `2026年11月` */
export function showMonth(month: string, lang: Lang): string {
  return new Intl.DateTimeFormat(lang, { timeZone: ZONE, year: 'numeric', month: 'long' }).format(
    new Date(`${month}-15T12:00:00+08:00`),
  );
}

/** The calendar day in Shanghai, `2026-11-23`. */
export function dayOf(date: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    date,
  );
}

export function today(): string {
  return dayOf(new Date(nowMs()));
}

/** Whole calendar days from today: 0 today, negative in the past. Takes a moment or a bare day. */
export function daysUntil(iso: string): number {
  const from = Date.parse(`${today()}T00:00:00Z`);
  const to = Date.parse(`${dayOf(readDay(iso))}T00:00:00Z`);
  return Math.round((to - from) / 86_400_000);
}

/** The last `count` months, this one first: `2026-11`. */
export function recentMonths(count: number): string[] {
  const [year = 0, month = 0] = today().split('-').map(Number);
  return Array.from({ length: count }, (_, back) => {
    const months = year * 12 + month - 1 - back;
    return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`;
  });
}

/** A bare day means that day in Shanghai. */
function readDay(iso: string): Date {
  return new Date(/^\d{4}-\d\d-\d\d$/.test(iso) ? `${iso}T12:00:00+08:00` : iso);
}
