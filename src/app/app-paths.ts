/**
 * Every page of the wallet app by its address. The server answers each with the same page, and the app shows what belongs there; `:name` is one
 * part of the address.
 */
export const APP_PATHS = [
  '/',
  '/sign-in',
  '/cards',
  '/cards/add',
  '/cards/one-tap',
  '/cards/:id',
  '/transfer',
  '/repay',
  '/pay/:token',
  '/code',
  '/scan',
  '/receive',
  '/history',
  '/history/:id',
  '/limits',
  '/security',
  '/security/pin',
  '/collect',
  '/collect/new',
  '/collect/:code',
  '/collections/:id',
  '/t/:code',
] as const;

export type AppPath = (typeof APP_PATHS)[number];

/** One part of an address: ids, tokens and codes are of these characters, and never this long. */
const PART = /^[A-Za-z0-9_.~%-]{1,256}$/;

/** The page that an address (without query) means, and its named parts; null when there is none. A fixed part beats a named one. */
export function matchAppPath(path: string): { pattern: AppPath; params: Record<string, string> } | null {
  const parts = path.split('/');
  for (const pattern of APP_PATHS) {
    const wanted = pattern.split('/');
    if (wanted.length !== parts.length) continue;
    const isHit = wanted.every((part, i) => (part.startsWith(':') ? PART.test(parts[i] ?? '') : part === parts[i]));
    if (!isHit) continue;
    const params: Record<string, string> = {};
    for (const [i, part] of wanted.entries()) if (part.startsWith(':')) params[part.slice(1)] = parts[i] ?? '';
    return { pattern, params };
  }
  return null;
}
