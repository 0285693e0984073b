/** One item of an EMVCo code: a two-digit tag, a two-digit length in characters, a value. */
export interface EmvItem {
  tag: string;
  value: string;
}

/** Why a text is not a code. Every malformed text has exactly one: the first that a reader from the left meets. */
export type EmvFault =
  | 'empty'
  | 'too_long'
  | 'tag_malformed'
  | 'length_malformed'
  | 'cut_short'
  | 'empty_value'
  | 'duplicate_tag'
  | 'format_unknown'
  | 'crc_missing'
  | 'crc_not_last'
  | 'crc_wrong'
  | 'missing'
  | 'value_too_long'
  | 'value_malformed'
  | 'amount_malformed';

export interface EmvRefusal {
  kind: 'refused';
  reason: EmvFault;
  /** The tag where it went wrong, with that of its template before it: `62.07`; empty where it is the whole text. */
  tag: string;
}

export type EmvItems = { kind: 'items'; items: EmvItem[] } | EmvRefusal;

/** EMVCo counts characters, not bytes: 上海 has length 02. Characters are code points. */
export function charactersOf(text: string): string[] {
  return Array.from(text);
}

/** Reads a run of items to its very end. `inside` is the tag of the template that holds them, or empty. */
export function readItems(text: string, inside: string): EmvItems {
  const characters = charactersOf(text);
  const items: EmvItem[] = [];
  const seen = new Set<string>();
  let at = 0;
  while (at < characters.length) {
    const tag = characters.slice(at, at + 2).join('');
    if (!/^\d\d$/.test(tag)) return refuse('tag_malformed', inside, '');
    const digits = characters.slice(at + 2, at + 4).join('');
    if (!/^\d\d$/.test(digits)) return refuse('length_malformed', inside, tag);
    const end = at + 4 + Number(digits);
    if (end > characters.length) return refuse('cut_short', inside, tag);
    if (end === at + 4) return refuse('empty_value', inside, tag);
    if (seen.has(tag)) return refuse('duplicate_tag', inside, tag);
    seen.add(tag);
    items.push({ tag, value: characters.slice(at + 4, end).join('') });
    at = end;
  }
  return { kind: 'items', items };
}

/** Writes one item. The caller has made sure that the value has 1 to 99 characters. */
export function writeItem(tag: string, value: string): string {
  return `${tag}${charactersOf(value).length.toString().padStart(2, '0')}${value}`;
}

function refuse(reason: EmvFault, inside: string, tag: string): EmvRefusal {
  return { kind: 'refused', reason, tag: [inside, tag].filter((part) => part !== '').join('.') };
}
