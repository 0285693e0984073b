import { CODE_PICTURES_KEPT_MAX } from '../base/limits.ts';

/**
 * Drawing takes a while and anybody may ask: what was drawn is kept under its name, which says everything that it depends on,
 * and is drawn once when many ask at a time. Only so many are kept; the oldest goes first.
 */
export function createKeeper(): (name: string, draw: () => Promise<Buffer>) => Promise<Buffer> {
  const kept = new Map<string, Promise<Buffer>>();
  return (name, draw) => {
    const known = kept.get(name);
    if (known !== undefined) return known;
    const oldest = kept.keys().next().value;
    if (kept.size >= CODE_PICTURES_KEPT_MAX && oldest !== undefined) kept.delete(oldest);
    const drawing = draw();
    kept.set(name, drawing);
    drawing.catch(() => kept.delete(name));
    return drawing;
  };
}
