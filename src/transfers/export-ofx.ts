import { formatMinor, type Money } from '../money/money.ts';
import { type ExportCard, movedAt, negative, oneLine, outgoing, showParty } from './export-rows.ts';
import type { Move } from './transfers.ts';

export interface OfxStatement {
  card: ExportCard;
  /** Moves from or to this card, whatever became of them. */
  moves: AsyncIterable<Move> | Iterable<Move>;
  /** What the bank said last, where it has said anything; what is owed on a credit card is negative. */
  balance: { amount: Money; at: Date } | null;
}

/**
 * Open Financial Exchange 2.2 in XML: one bank statement for each card, with what succeeded. FITID is the id of the move, so a
 * program that reads two exports that overlap takes each once. `from` and `to` bound the whole.
 */
export async function* exportOfx(
  statements: AsyncIterable<OfxStatement> | Iterable<OfxStatement>,
  options: { from: Date; to: Date; now: Date; lang: 'zh-CN' | 'en' },
): AsyncGenerator<string> {
  yield `${HEADER}<OFX>${signOn(options)}<BANKMSGSRSV1>\n`;
  for await (const { card, moves, balance } of statements) {
    yield opening(card, options);
    for await (const move of moves) if (move.state === 'succeeded') yield transactionsOf(move, card);
    yield closing(balance);
  }
  yield '</BANKMSGSRSV1></OFX>\n';
}

const HEADER =
  '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n' +
  '<?OFX OFXHEADER="200" VERSION="220" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n';

const STATUS = '<STATUS><CODE>0</CODE><SEVERITY>INFO</SEVERITY></STATUS>';

function signOn({ now, lang }: { now: Date; lang: 'zh-CN' | 'en' }): string {
  // ISO 639-2, in capitals as OFX 2.2 writes them.
  const language = lang === 'en' ? 'ENG' : 'ZHO';
  return `<SIGNONMSGSRSV1><SONRS>${STATUS}<DTSERVER>${stamp(now)}</DTSERVER><LANGUAGE>${language}</LANGUAGE></SONRS></SIGNONMSGSRSV1>`;
}

function opening(card: ExportCard, { from, to }: { from: Date; to: Date }): string {
  const account = [
    element('BANKID', card.bank, 9),
    // The last four digits, and letters of our id: two cards of a bank may end alike.
    element('ACCTID', `${card.last4}-${card.cardId.slice(-8)}`, 22),
    element('ACCTTYPE', card.isCredit ? 'CREDITLINE' : 'CHECKING', 10),
  ].join('');
  return (
    `<STMTTRNRS><TRNUID>0</TRNUID>${STATUS}<STMTRS><CURDEF>CNY</CURDEF><BANKACCTFROM>${account}</BANKACCTFROM>` +
    `<BANKTRANLIST><DTSTART>${stamp(from)}</DTSTART><DTEND>${stamp(to)}</DTEND>\n`
  );
}

function closing(balance: OfxStatement['balance']): string {
  const ledger =
    balance === null
      ? ''
      : `<LEDGERBAL><BALAMT>${formatMinor(balance.amount)}</BALAMT><DTASOF>${stamp(balance.at)}</DTASOF></LEDGERBAL>`;
  return `</BANKTRANLIST>${ledger}</STMTRS></STMTTRNRS>\n`;
}

const KINDS: Readonly<Record<Move['kind'], string>> = {
  transfer: 'XFER',
  repayment: 'PAYMENT',
  purchase: 'POS',
  refund: 'CREDIT',
};

function transactionsOf(move: Move, { cardId }: ExportCard): string {
  const out = move.fromCardId === cardId ? transaction(move, negative(outgoing(move)), showParty(move.to)) : '';
  const in_ = move.toCardId === cardId ? transaction(move, formatMinor(move.amount), showParty(move.from)) : '';
  return out + in_;
}

function transaction(move: Move, amount: string, name: string): string {
  const fields = [
    element('TRNTYPE', KINDS[move.kind], 10),
    element('DTPOSTED', stamp(movedAt(move)), 32),
    element('TRNAMT', amount, 32),
    element('FITID', move.id, 255),
    move.rrn === null ? '' : element('REFNUM', move.rrn, 32),
    name === '' ? '' : element('NAME', name, 32),
    oneLine(move.note) === '' ? '' : element('MEMO', move.note, 255),
  ];
  return `<STMTTRN>${fields.join('')}</STMTTRN>\n`;
}

/** OFX 2.2, 3.2.8.2: time with its offset from GMT. */
function stamp(at: Date): string {
  const local = new Date(at.getTime() + 8 * 3_600_000).toISOString();
  return `${local.slice(0, 19).replaceAll(/[-T:]/g, '')}.${local.slice(20, 23)}[+8:CST]`;
}

function element(name: string, text: string, charsMax: number): string {
  return `<${name}>${escapeXml(Array.from(oneLine(text)).slice(0, charsMax).join(''))}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
