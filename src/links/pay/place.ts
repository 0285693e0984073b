/** One payment or transfer that keeps a place of a link, or kept it. */
export interface PlaceRow {
  /** What names it: the nonce of the form of a payment. */
  nonce: string;
  /** `open` keeps its place, `paid` for good, `ended` has given it back. */
  state: 'open' | 'paid' | 'ended';
  placeNo: number;
  orderNo: string;
  amountMinor: bigint;
  payerName: string | null;
  subject: string;
  askedAt: Date;
}

/** What somebody wants to pay. */
export interface PlaceWish {
  nonce: string;
  /** One share in particular; null takes any that is free. */
  placeNo: number | null;
}

export type PlaceChoice =
  /** Nobody has it: it is taken. */
  | { kind: 'free'; placeNo: number }
  /** The same form, while its payment is not over, or what several people may open together. */
  | { kind: 'same'; row: PlaceRow }
  /** Nothing is left, or this share is not. */
  | { kind: 'paid' }
  /** Somebody may still pay what is left. */
  | { kind: 'busy' };

/** What the rules look at of the link's terms. */
export interface Places {
  placesMax: number;
  /** The place numbers that are meant for somebody by name: they are opened together by whoever has the link. */
  named: ReadonlySet<number>;
  /** One order: everybody opens the same payment. */
  isOneOrder: boolean;
}

/**
 * Which place a wish gets, in order of precedence: that of the form that was sent before, unless it was given back; an order's one payment, a share
 * by its number, any free place.
 * `rows` are those of the link that are not `ended`, and the wish's own whatever its state.
 */
export function choosePlace(places: Places, rows: readonly PlaceRow[], wish: PlaceWish): PlaceChoice {
  const own = rows.find((row) => row.nonce === wish.nonce);
  if (own !== undefined && own.state !== 'ended') return { kind: 'same', row: own };
  const held = new Map(rows.filter((row) => row.state !== 'ended').map((row) => [row.placeNo, row]));
  const asked = places.isOneOrder ? 1 : wish.placeNo;
  if (asked !== null) {
    const row = held.get(asked);
    if (asked < 1 || asked > places.placesMax) return { kind: 'paid' };
    if (row === undefined) return { kind: 'free', placeNo: asked };
    if (row.state === 'paid') return { kind: 'paid' };
    return places.isOneOrder || places.named.has(asked) ? { kind: 'same', row } : { kind: 'busy' };
  }
  let isOpen = false;
  for (let placeNo = 1; placeNo <= places.placesMax; placeNo++) {
    if (places.named.has(placeNo)) continue;
    const row = held.get(placeNo);
    if (row === undefined) return { kind: 'free', placeNo };
    if (row.state === 'open') isOpen = true;
  }
  return isOpen ? { kind: 'busy' } : { kind: 'paid' };
}
