import { useLayoutEffect, useState } from 'preact/hooks';
import { matchAppPath, type AppPath } from '../app-paths.ts';

export interface Place {
  pattern: AppPath | null;
  params: Record<string, string>;
  query: URLSearchParams;
  /** Path with query, as it stands in the address bar. */
  href: string;
}

const listeners = new Set<() => void>();

/** Where we are; re-renders on every move. */
export function usePlace(): Place {
  const [place, setPlace] = useState(readPlace);
  // Before painting: whoever sees the page can move, and no move is missed.
  useLayoutEffect(() => {
    const listen = (): void => setPlace(readPlace());
    listeners.add(listen);
    window.addEventListener('popstate', listen);
    return () => {
      listeners.delete(listen);
      window.removeEventListener('popstate', listen);
    };
  }, []);
  return place;
}

export function go(href: string, options: { isReplacing?: boolean } = {}): void {
  if (options.isReplacing === true) history.replaceState({ inside: isInside() }, '', href);
  else history.pushState({ inside: true }, '', href);
  window.scrollTo(0, 0);
  tell();
}

/** Back to where one came from in the app; to `otherwise` when one came from elsewhere. */
export function goBack(otherwise: string): void {
  if (isInside()) history.back();
  else go(otherwise, { isReplacing: true });
}

/**
 * The step of a page with several: the browser's own back goes to the step before. A reload begins anew, because what was typed is gone as well.
 */
export function useStep<Step extends string>(first: Step): [Step, (step: Step) => void] {
  const [step, setStep] = useState(first);
  useLayoutEffect(() => {
    const listen = (event: PopStateEvent): void => {
      const state: unknown = event.state;
      const said = typeof state === 'object' && state !== null && 'step' in state ? state.step : first;
      setStep(said as Step); // only ever written below
    };
    window.addEventListener('popstate', listen);
    return () => window.removeEventListener('popstate', listen);
  }, [first]);
  const to = (next: Step): void => {
    history.pushState({ inside: true, step: next }, '', location.href);
    setStep(next);
    window.scrollTo(0, 0);
  };
  return [step, to];
}

function readPlace(): Place {
  const hit = matchAppPath(location.pathname);
  return {
    pattern: hit?.pattern ?? null,
    params: hit?.params ?? {},
    query: new URLSearchParams(location.search),
    href: location.pathname + location.search,
  };
}

function isInside(): boolean {
  const state: unknown = history.state;
  return typeof state === 'object' && state !== null && 'inside' in state && state.inside === true;
}

function tell(): void {
  for (const listen of listeners) listen();
}
