import type { JSX } from 'preact';

/** Our own drawings on a square of 24, strokes only. */
const PATHS = {
  home: 'M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-6h4v6',
  code: 'M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M8 8v8M11 8v8M14 8v8M16.5 8v8',
  list: 'M6 3.5h12v17l-2.5-1.8-2 1.8-2-1.8-2 1.8-2-1.8L6 20.5zM9 8.5h6M9 12.5h6',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6',
  people:
    'M9 11.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM2.8 19.5c.6-3.2 3-4.8 6.2-4.8s5.6 1.6 6.2 4.8M16 11.3a2.7 2.7 0 1 0-.6-5.3M17.6 14.8c2 .5 3.3 1.9 3.7 4.2',
  transfer: 'M4 8.5h15l-4-4M20 15.5H5l4 4',
  repay: 'M3 8.5h18M3 6.5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2zM8 14.5l2.5 2 5-4.5',
  scan: 'M4 8V5.5A1.5 1.5 0 0 1 5.5 4H8M16 4h2.5A1.5 1.5 0 0 1 20 5.5V8M20 16v2.5a1.5 1.5 0 0 1-1.5 1.5H16M8 20H5.5A1.5 1.5 0 0 1 4 18.5V16M4 12h16',
  receive: 'M12 4v11M7.5 11L12 15.5l4.5-4.5M4.5 20h15',
  limits: 'M4 18a8 8 0 1 1 16 0M12 18l4-6M4 18h1.5M18.5 18H20M12 6.5V8',
  plus: 'M12 5v14M5 12h14',
  back: 'M14.5 5l-7 7 7 7',
  next: 'M9.5 5l7 7-7 7',
  close: 'M6 6l12 12M18 6L6 18',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  eyeOff:
    'M4 4l16 16M9.5 5.9A9 9 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a16 16 0 0 1-3 3.7M6 7.5A15 15 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4-.9',
  refresh: 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.4M20 4.5v4.9h-4.9',
  backspace: 'M9 5h11v14H9l-6-7zM12 9.5l5 5M17 9.5l-5 5',
  key: 'M14.5 14a5 5 0 1 0-4.8-3.7L3.5 16.5v4h4v-2.5H10v-2.5h1.2zM16 8h.1',
  lock: 'M6 10.5h12v9.5H6zM8.5 10.5V7.5a3.5 3.5 0 0 1 7 0v3M12 14v2.5',
  device: 'M8 3.5h8a1 1 0 0 1 1 1v15a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1zM11 17.5h2',
  globe:
    'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM3.5 12h17M12 3.5c2.5 2.5 3.5 5.5 3.5 8.5s-1 6-3.5 8.5c-2.5-2.5-3.5-5.5-3.5-8.5s1-6 3.5-8.5z',
  out: 'M14 4.5H6v15h8M10.5 12H20M16.5 8l4 4-4 4',
  bolt: 'M13 3L5 13.5h6L10 21l9-11h-6.5z',
  card: 'M3 7a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2zM3 10h18M6.5 15h4',
  shop: 'M4 9.5L5.5 4h13L20 9.5M4 9.5a2.7 2.7 0 0 0 5.3 0 2.7 2.7 0 0 0 5.4 0 2.7 2.7 0 0 0 5.3 0M5.5 12.5V20h13v-7.5M10 20v-4.5h4V20',
  phone: 'M6 3.5l3 .5 1 4-2 1.5a12 12 0 0 0 6 6l1.5-2 4 1 .5 3a2 2 0 0 1-2 2.5A15.5 15.5 0 0 1 4 6a2 2 0 0 1 2-2.5z',
  save: 'M12 4v10M8 10.5l4 4 4-4M5 19.5h14',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20',
  picture: 'M4 5h16v14H4zM4 16l5-5 4 4 2.5-2.5L20 17M15.5 9.5h.1',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  clock: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5V12l3 2',
  alert: 'M12 4l9 16H3zM12 10v4.5M12 17.2v.1',
  refund: 'M8 5L4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11H8',
  shield: 'M12 3.5l7.5 3v5c0 4.5-3 7.5-7.5 9-4.5-1.5-7.5-4.5-7.5-9v-5zM8.5 12l2.5 2.5 4.5-4.5',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration beside words, hence hidden from screen readers. */
export function Icon({ name, size = 24 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The big sign above a result. */
export function ResultSign({ kind }: { kind: 'done' | 'waiting' | 'failed' | 'closed' }): JSX.Element {
  const inner = {
    done: 'M19 33.5l9 9 17.5-19',
    waiting: 'M32 18v15l10 6',
    failed: 'M23 23l18 18M41 23L23 41',
    closed: 'M20 32h24',
  }[kind];
  return (
    <svg class={`sign sign-${kind}`} viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <circle cx="32" cy="32" r="29" />
      <path d={inner} />
    </svg>
  );
}
