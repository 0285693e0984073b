import type { TextFormat } from './format-row.ts';

/** The token that an address carries in a parameter of its row; null where there is none, or it is of another form. */
export function tokenOfUrl(url: URL, row: TextFormat): string | null {
  if (url.search === '') return null;
  for (const place of row.tokens) {
    if (place.in !== 'parameter') continue;
    const value = url.searchParams.get(place.name);
    if (value === null) continue;
    const token = unwrap(value, place.wrapped);
    if (token !== null && token.length >= place.charsMin && token.length <= place.charsMax) return token;
  }
  return null;
}

function unwrap(value: string, wrapped: 'no' | 'at' | 'base64'): string | null {
  switch (wrapped) {
    case 'no':
      return /^[0-9A-Za-z]{1,20}$/.test(value) ? value : null;
    case 'at':
      return /^@?([0-9A-Za-z-]{1,20})@?$/.exec(value)?.[1] ?? null;
    case 'base64': {
      const text = /^[0-9A-Za-z+/_ -]{1,40}={0,2}$/.test(value) ? Buffer.from(value, 'base64').toString('latin1') : '';
      return /^[0-9A-Za-z]{1,20}$/.test(text) ? text : null;
    }
    default:
      return wrapped satisfies never;
  }
}
