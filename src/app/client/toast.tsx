import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';

const SHOWN_MS = 3_500;
let show: ((text: string) => void) | null = null;

/** A short word about what was just done; it goes by itself and is read out. */
export function say(text: string): void {
  show?.(text);
}

export function ToastHost(): JSX.Element {
  const [said, setSaid] = useState<{ text: string; count: number } | null>(null);
  useLayoutEffect(() => {
    show = (text) => setSaid((before) => ({ text, count: (before?.count ?? 0) + 1 }));
    return () => {
      show = null;
    };
  }, []);
  useEffect(() => {
    if (said === null) return undefined;
    const timer = setTimeout(() => setSaid(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <div class="toast-place" role="status" aria-live="polite">
      {said !== null && <p class="toast">{said.text}</p>}
    </div>
  );
}
