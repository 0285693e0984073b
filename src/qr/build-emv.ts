import { crc16Hex } from './crc16.ts';
import { ADDITIONAL_TAGS, type EmvCode, type EmvSystem } from './emv.ts';
import { charactersOf, type EmvItem, type EmvRefusal, writeItem } from './emv-items.ts';
import { readEmv } from './read-emv.ts';

/**
 * Writes an EMVCo merchant-presented code: format indicator first, then every tag in rising order, the CRC last. What
 * is written has been read back; a field that breaks the specification is refused by its tag, as a reader would.
 */
export function buildEmv(code: EmvCode): { kind: 'text'; text: string } | EmvRefusal {
  const items = itemsOf(code);
  const long = items.find(({ value }) => charactersOf(value).length > 99);
  if (long) return { kind: 'refused', reason: 'value_too_long', tag: long.tag };
  const body = `${items.map(({ tag, value }) => writeItem(tag, value)).join('')}6304`;
  const text = body + crc16Hex(body);
  const read = readEmv(text);
  return read.kind === 'refused' ? read : { kind: 'text', text };
}

function itemsOf(code: EmvCode): EmvItem[] {
  const tip = code.tip;
  const parts: [tag: string, value: string | null][] = [
    ['01', code.initiation === null ? null : code.initiation === 'static' ? '11' : '12'],
    ...[...code.accounts].map(({ tag, value }): [string, string] => [tag, value]),
    ...code.systems.map((system): [string, string] => [system.tag, systemText(system)]),
    ['52', code.categoryCode],
    ['53', code.currencyNumber],
    ['54', code.amount],
    ['55', tip === null ? null : { ask: '01', fixed: '02', percentage: '03' }[tip.kind]],
    ['56', tip?.kind === 'fixed' ? tip.amount : null],
    ['57', tip?.kind === 'percentage' ? tip.percent : null],
    ['58', code.country],
    ['59', code.merchantName],
    ['60', code.city],
    ['61', code.postcode],
    ['62', additionalText(code.additional)],
    ['64', localizedText(code.localized)],
    ...code.unreserved.map((system): [string, string] => [system.tag, systemText(system)]),
  ];
  const items = parts.flatMap(([tag, value]) => (value === null ? [] : [{ tag, value }]));
  return [{ tag: '00', value: '01' }, ...items.sort((a, b) => Number(a.tag) - Number(b.tag))];
}

function systemText({ id, fields }: EmvSystem): string {
  return [{ tag: '00', value: id }, ...fields].map(({ tag, value }) => writeItem(tag, value)).join('');
}

function additionalText(additional: EmvCode['additional']): string | null {
  const items = Object.entries(additional)
    .map(([name, value]) => ({ tag: ADDITIONAL_TAGS[name] ?? name, value }))
    .sort((a, b) => Number(a.tag) - Number(b.tag));
  return items.length === 0 ? null : items.map(({ tag, value }) => writeItem(tag, value)).join('');
}

function localizedText(localized: EmvCode['localized']): string | null {
  if (localized === null) return null;
  const { language, merchantName, city } = localized;
  const name = writeItem('00', language) + writeItem('01', merchantName);
  return city === null ? name : name + writeItem('02', city);
}
