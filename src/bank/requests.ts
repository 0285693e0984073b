import { assert } from '../base/assert.ts';
import type { Money } from '../money/money.ts';
import type { CupsOptions } from './cups-options.ts';
import { f104 } from './iso8583/f104.ts';
import { f60 } from './iso8583/f60.ts';
import { f61 } from './iso8583/f61.ts';
import { f90 } from './iso8583/f90.ts';
import { toGbkPadded } from './iso8583/gbk.ts';
import { Message } from './iso8583/message.ts';
import type { CardAtBank, Identity, IdentityElement, LegRequest, Stamp } from './rail.ts';
import { toTransmittedAt } from './stamp-time.ts';

/** First digits of F3. */
const PURCHASE = '000000';
const REFUND = '200000';
const BALANCE = '300000';
const CHECK_HOLDER = '330000';
const TRANSFER_OUT = '460000';
const TRANSFER_IN = '470000';
const WHO_KNOWS = '890000';

const MCC_FINANCIAL = '6012';
const TERMINAL = 'HUTONG01';
const NAME_BYTES = 40;
const SHOP_LETTERS = 15;
const FEN_MAX = 999_999_999_999n;

type Wire = Pick<CupsOptions, 'institution' | 'forwarder' | 'acceptor' | 'algorithm'>;

/** 0200: what is on a card. */
export function enquiry(wire: Wire, { stamp, card }: { stamp: Stamp; card: CardAtBank }): Message {
  return withSecurity(wire, about(wire, '0200', BALANCE, stamp, null).set(2, card.number.reveal()));
}

/** 0200: takes from a card. Null when a name in it cannot be written in GBK. */
export function debit(wire: Wire, request: LegRequest): Message | null {
  assert(request.purpose !== 'refund', 'a refund gives money');
  return leg(wire, '0200', request.purpose === 'purchase' ? PURCHASE : TRANSFER_OUT, request);
}

/** 0200, or 0220 for a refund: gives to a card. Null when a name in it cannot be written in GBK. */
export function credit(wire: Wire, request: LegRequest): Message | null {
  assert(request.purpose !== 'purchase', 'a purchase takes money');
  if (request.purpose !== 'refund') return leg(wire, '0200', TRANSFER_IN, request);
  const { original } = request;
  assert(original !== null, 'a refund belongs to a purchase');
  const message = leg(wire, '0220', REFUND, request)?.set(90, originalOf(wire, original.stamp)) ?? null;
  return original.authId === null ? message : (message?.set(38, original.authId) ?? null);
}

/** 0420: takes back a debit that nobody knows of, or whose other leg was refused. */
export function reversal(
  wire: Wire,
  { stamp, original, authId }: { stamp: Stamp; original: LegRequest; authId: string | null },
): Message {
  const processing = original.purpose === 'purchase' ? PURCHASE : TRANSFER_OUT;
  const message = about(wire, '0420', processing, stamp, original.shop)
    .set(2, original.card.number.reveal())
    .set(4, toAmount(original.amount))
    .set(37, original.stamp.rrn)
    .set(60, f60('4351'))
    .set(90, originalOf(wire, original.stamp));
  return authId === null ? message : message.set(38, authId);
}

/** 0100: whether a card belongs to somebody. Null when the name cannot be written in GBK. */
export function holderCheck(
  wire: Wire,
  { stamp, card, identity }: { stamp: Stamp; card: CardAtBank; identity: Identity },
): Message | null {
  const message = identityMessage(wire, CHECK_HOLDER, stamp, identity, ['name', 'id_number', 'phone', 'card']);
  return message?.set(2, card.number.reveal()) ?? null;
}

/** 0100: which banks know somebody; with an issuer, which cards it has of him. Null when the name cannot be written in GBK. */
export function whoKnows(wire: Wire, stamp: Stamp, identity: Identity, issuer: string | null): Message | null {
  const message = identityMessage(wire, WHO_KNOWS, stamp, identity, ['name', 'id_number', 'phone']);
  return issuer === null ? (message?.set(48, 'WB') ?? null) : (message?.set(48, 'WC').set(100, issuer) ?? null);
}

function leg(wire: Wire, type: string, processing: string, request: LegRequest): Message | null {
  const { stamp, purpose, card, amount, other, shop } = request;
  const message = withSecurity(wire, about(wire, type, processing, stamp, shop))
    .set(2, card.number.reveal())
    .set(4, toAmount(amount));
  if (purpose === 'purchase' || purpose === 'refund') {
    assert(shop !== null, 'something is bought in a shop');
    return message;
  }
  assert(other !== null, 'a transfer has another side');
  const [from, to] = processing === TRANSFER_OUT ? [card.number, other.number] : [other.number, card.number];
  const extra = f104(other, purpose);
  return extra === null ? null : message.set(102, from.reveal()).set(103, to.reveal()).set(104, extra);
}

function identityMessage(
  wire: Wire,
  processing: string,
  stamp: Stamp,
  identity: Identity,
  elements: readonly IdentityElement[],
): Message | null {
  const asked = f61(identity, elements);
  return asked === null ? null : about(wire, '0100', processing, stamp, null).set(61, asked);
}

/** What every message but a network one carries. */
function about(wire: Wire, type: string, processing: string, stamp: Stamp, shop: LegRequest['shop']): Message {
  const transmittedAt = toTransmittedAt(stamp.transmittedAt);
  const { no, name } = shop ?? wire.acceptor;
  return new Message(type)
    .set(3, processing)
    .set(7, transmittedAt)
    .set(11, stamp.stan)
    .set(12, transmittedAt.slice(4))
    .set(13, transmittedAt.slice(0, 4))
    .set(18, shop?.mcc ?? MCC_FINANCIAL)
    .set(22, '012')
    .set(25, '00')
    .set(32, wire.institution)
    .set(33, wire.forwarder)
    .set(37, stamp.rrn)
    .set(41, TERMINAL)
    .set(42, no.padEnd(SHOP_LETTERS))
    .set(43, toGbkPadded(name, NAME_BYTES))
    .set(49, '156')
    .set(60, f60('0000'));
}

/** F53: a PIN block would bind the card, made with this cipher. */
function withSecurity(wire: Wire, message: Message): Message {
  return message.set(53, (wire.algorithm === 'sm4' ? '24' : '26').padEnd(16, '0'));
}

function originalOf(wire: Wire, stamp: Stamp): string {
  const transmittedAt = toTransmittedAt(stamp.transmittedAt);
  const { institution, forwarder } = wire;
  return f90({ messageType: '0200', stan: stamp.stan, transmittedAt, institution, forwarder });
}

function toAmount(amount: Money): string {
  assert(amount.currency === 'CNY', 'the rail moves CNY');
  assert(amount.minor > 0n && amount.minor <= FEN_MAX, 'an amount is 1 to 999,999,999,999 fen');
  return String(amount.minor).padStart(12, '0');
}
