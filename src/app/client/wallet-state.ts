import { useEffect, useState } from 'preact/hooks';
import type { Balance, Card, Lang, Me } from '../api.ts';
import { call, readBalances } from './call.ts';
import { nowMs } from './clock.ts';

/** What the app knows while it is open. Nothing of it is written to the device: money that is shown was told in this session. */
export interface WalletState {
  lang: Lang;
  /** Undefined until the server has said; null when nobody is signed in. */
  me: Me | null | undefined;
  cards: readonly Card[] | null;
  balances: ReadonlyMap<string, Balance>;
  /** Banks are being asked. */
  isAsking: boolean;
  /** When the banks were last asked, in milliseconds; null for never. */
  askedAtMs: number | null;
  isOnline: boolean;
  /** Amounts are covered by dots. */
  isHidden: boolean;
}

const listeners = new Set<() => void>();
let hasMoved = false;
let state: WalletState = {
  lang: firstLang(),
  me: undefined,
  cards: null,
  balances: new Map(),
  isAsking: false,
  askedAtMs: null,
  isOnline: navigator.onLine,
  isHidden: localStorage.getItem('hidden') === 'yes',
};

export function useWallet(): WalletState {
  const [seen, setSeen] = useState(state);
  useEffect(() => {
    const listen = (): void => setSeen(state);
    listeners.add(listen);
    listen(); // what changed between render and now
    return () => void listeners.delete(listen);
  }, []);
  return seen;
}

export function change(part: Partial<WalletState>): void {
  state = { ...state, ...part };
  for (const listener of listeners) listener();
}

/** Somebody signed in, or what is known of them changed. Their own language counts from then on. */
export function signedIn(me: Me): void {
  localStorage.setItem('lang', me.lang);
  change({ me, lang: me.lang });
}

/** Forgets everything about the person. */
export function signedOut(): void {
  change({ me: null, cards: null, balances: new Map(), isAsking: false, askedAtMs: null });
}

export function setLang(lang: Lang): void {
  localStorage.setItem('lang', lang);
  change({ lang });
}

export function setHidden(isHidden: boolean): void {
  localStorage.setItem('hidden', isHidden ? 'yes' : 'no');
  change({ isHidden });
}

/** Reads the cards; what a card had is kept only while it is still bound. */
export async function loadCards(): Promise<readonly Card[]> {
  const { data } = await call('GET /api/cards', {});
  const ids = new Set(data.map((card) => card.card_id));
  change({ cards: data, balances: new Map([...state.balances].filter(([id]) => ids.has(id))) });
  return data;
}

/** Asks every bank; each card changes as its bank answers. Twice at once is once. After money has moved nothing that was kept will do. */
export async function askBalances(isFresh: boolean): Promise<void> {
  if (state.isAsking) return;
  const wantsFresh = isFresh || hasMoved;
  hasMoved = false;
  change({ isAsking: true });
  try {
    await readBalances(wantsFresh, (balance) =>
      change({ balances: new Map([...state.balances, [balance.card_id, balance]]) }),
    );
    change({ askedAtMs: nowMs() });
  } finally {
    change({ isAsking: false });
  }
}

/** Cards once, and balances when they are older than a page should show; for pages that only need them to choose from. */
export async function ensureCards(): Promise<void> {
  if (state.cards === null) await loadCards();
  if (state.askedAtMs === null && !state.isAsking) await askBalances(false);
}

/** Money has moved: the balances that are shown are no longer true. */
export function moneyMoved(): void {
  hasMoved = true;
  change({ askedAtMs: null });
}

function firstLang(): Lang {
  const kept = localStorage.getItem('lang');
  if (kept === 'zh-CN' || kept === 'en') return kept;
  const first = navigator.languages.find((name) => /^(zh|en)\b/i.test(name));
  return first !== undefined && /^en/i.test(first) ? 'en' : 'zh-CN';
}
