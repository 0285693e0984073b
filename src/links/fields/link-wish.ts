import type { Place } from '../../offers/read-campaign-file.ts';
import type { Label } from '../../wallets/wallet-names.ts';
import type { LinkTexts } from './field-sheet.ts';
import { both, LINK_FIELD_NAMES, type LinkField } from './link-fields.ts';

/** A link that a text with many asks for, as it is written there. */
export interface LinkWish {
  texts: LinkTexts;
  /** Where a field stands; the beginning of the link where it does not. */
  locate: (field: LinkField) => Place;
}

export interface PlacedFault {
  place: Place;
  /** Null where what is wrong is no field. */
  field: LinkField | null;
  text: Label;
}

export interface LinkWishes {
  wishes: readonly LinkWish[];
  faults: readonly PlacedFault[];
}

/** For a name that no field has. */
export function unknownField(name: string): Label {
  const [short, names] = [name.slice(0, 40), LINK_FIELD_NAMES.join(', ')];
  return both(`没有 ${short} 这一项；有：${names}`, `there is no such field: ${short}; there are ${names}`);
}
