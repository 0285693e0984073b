/** Names of minorities and foreigners have a dot between their parts, which people type in many ways. */
const DOTS = /[\u2022\u2027\u30fb\uff65\u22c5\uff0e.]/g;
const BLANKS = /[ \u00a0\u3000]+/g;
const HAN = /^\p{Script=Han}+(·\p{Script=Han}+)*$/u;
const LATIN = /^[A-Za-z]+([ '·-][A-Za-z]+)*$/;

/** A name as banks have it: 2 to 50 Han characters with middle dots, or Latin words. Null for whatever is none. */
export function readPersonName(text: unknown): string | null {
  if (typeof text !== 'string' || text.length > 200) return null;
  const name = text.normalize('NFC').replace(BLANKS, ' ').trim().replace(DOTS, '·').replace(/ ?· ?/g, '·');
  const compact = HAN.test(name.replaceAll(' ', '')) ? name.replaceAll(' ', '') : name;
  const length = Array.from(compact).length;
  return length >= 2 && length <= 50 && (HAN.test(compact) || LATIN.test(compact)) ? compact : null;
}

/** Equal but for blanks and the case of Latin letters. */
export function isSameName(left: string, right: string): boolean {
  return foldName(left) === foldName(right);
}

function foldName(name: string): string {
  return name.normalize('NFC').replace(/\s/g, '').toUpperCase();
}
