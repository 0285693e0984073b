import { assert } from '../../base/assert.ts';
import type { Identity, IdentityElement } from '../rail.ts';
import { toGbk } from './gbk.ts';

/** The order of the elements in the map behind `AM`; the rest of its 16 letters are zeros. */
const ELEMENTS: readonly IdentityElement[] = ['name', 'id_number', 'phone', 'card'];
const MAP_LETTERS = 16;
const ID_CARD = '01';
const ID_LETTERS = 20;
/** Results of CVV and PVV, and what the switch fills in. */
const RESULTS = ' '.repeat(9);
const BEFORE_MAP = ID_CARD.length + ID_LETTERS + RESULTS.length + 'CUPAM'.length;

/** F61 of a request: who somebody is said to be, and which elements the issuer shall check. Null when the name cannot be written in GBK. */
export function f61(identity: Identity, elements: readonly IdentityElement[]): string | null {
  const name = toGbk(identity.name);
  if (name === null) return null;
  assert(/^[\dX]{15,18}$/.test(identity.idNumber), 'an ID number is 15 to 18 characters');
  assert(/^\d{11}$/.test(identity.phone), 'a phone number is 11 digits');
  const map = ELEMENTS.map((element) => (elements.includes(element) ? '1' : '0')).join('');
  const lead = `${ID_CARD}${identity.idNumber.padEnd(ID_LETTERS)}${RESULTS}CUPAM`;
  return lead + map.padEnd(MAP_LETTERS, '0') + behindLength(name) + behindLength(identity.phone);
}

/** What the issuer found: which elements agree, which differ. What it did not check is in neither. Null when it holds no such map. */
export function readChecked(f61: string): { agree: IdentityElement[]; differ: IdentityElement[] } | null {
  if (f61.slice(BEFORE_MAP - 'CUPAM'.length, BEFORE_MAP) !== 'CUPAM') return null;
  const map = f61.slice(BEFORE_MAP, BEFORE_MAP + MAP_LETTERS);
  if (!/^[012]{4}0{12}$/.test(map)) return null;
  return {
    agree: ELEMENTS.filter((_, index) => map[index] === '1'),
    differ: ELEMENTS.filter((_, index) => map[index] === '2'),
  };
}

function behindLength(bytes: string): string {
  return String(bytes.length).padStart(3, '0') + bytes;
}
