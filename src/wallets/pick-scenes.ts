import type { Scene } from './wallet.ts';

/** The scenes that a setting such as `wap qr` names, in the wallet's order; null when it names none or one that is not possible. */
export function pickScenes(text: string, possible: readonly Scene[]): readonly Scene[] | null {
  const named = text.split(/[\s,]+/).filter((name) => name !== '');
  const isPossible = named.every((name) => possible.some((scene) => scene === name));
  return named.length > 0 && isPossible ? possible.filter((scene) => named.includes(scene)) : null;
}
