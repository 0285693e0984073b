import type { JSX } from 'preact';
import type { Balance, Card, CardKind, Lang, Names } from '../../api.ts';
import { daysUntil, showMoment, showTime } from '../dates.ts';
import { showFen, showYuan } from '../money.ts';
import { useTexts } from '../texts/use-texts.ts';
import { isDebit } from '../total.ts';
import { useWallet } from '../wallet-state.ts';
import { underWhite } from './colours.ts';
import { A } from './parts.tsx';

/** A bank's sign of our own drawing: the one character that people call it by, on a disc. */
export function BankMark(props: { names: Names; colour: string | null; isLight?: boolean }): JSX.Element {
  const style = props.isLight === true ? { color: props.colour ?? '' } : { background: props.colour ?? '' };
  return (
    <span class={props.isLight === true ? 'mark mark-light' : 'mark'} style={style} aria-hidden="true">
      {signOf(props.names['zh-CN'])}
    </span>
  );
}

/** 中国工商银行 → 工, 中国银行 → 中, 上海浦东发展银行 → 浦. */
function signOf(name: string): string {
  const rest = name
    .replace(/银行.*$/, '')
    .replace(/^中国(?=.)/, '')
    .replace(/^上海(?=浦)/, '');
  return rest.charAt(0) || '卡';
}

export function bankNameOf(card: { bank_name: Names }, lang: Lang): string {
  return card.bank_name[lang];
}

/** `工商银行 储蓄卡 (6789)` */
export function useCardName(): (card: { bank_name: Names; last4: string; kind?: CardKind; alias?: string }) => string {
  const t = useTexts();
  const { lang } = useWallet();
  return (card) =>
    card.alias !== undefined && card.alias !== ''
      ? `${card.alias} (${card.last4})`
      : `${bankNameOf(card, lang)}${card.kind === undefined ? '' : ` ${t.kinds[card.kind]}`} (${card.last4})`;
}

/** A card as it lies in a wallet: its bank's colours, name, kind, last four digits and what is on it. */
export function CardFace(props: { card: Card; balance: Balance | undefined; isLink?: boolean }): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const { card } = props;
  const [from, to] = card.colours.map(underWhite);
  const style = { background: `linear-gradient(118deg, ${from}, ${to})` };
  const inner = (
    <>
      <span class="face-top">
        <BankMark names={card.bank_name} colour={from ?? null} isLight />
        <span class="face-name">
          <span class="face-bank">{card.alias === '' ? bankNameOf(card, lang) : card.alias}</span>
          <span class="face-kind">
            {card.alias === '' ? '' : `${bankNameOf(card, lang)} · `}
            {t.kinds[card.kind]}
          </span>
        </span>
        {card.is_default && <span class="face-tag">{t.cards.isDefault}</span>}
      </span>
      <span class="face-bottom">
        <span class="face-number">
          <span aria-hidden="true">•••• </span>
          <span class="visually-hidden">{t.cards.endsIn} </span>
          {card.last4}
        </span>
        <FaceBalance card={card} balance={props.balance} />
      </span>
    </>
  );
  if (props.isLink === true)
    return (
      <A href={`/cards/${card.card_id}`} class="face-link">
        <span class="face" style={style}>
          {inner}
        </span>
      </A>
    );
  return (
    <span class="face" style={style}>
      {inner}
    </span>
  );
}

function FaceBalance({ card, balance }: { card: Card; balance: Balance | undefined }): JSX.Element {
  const t = useTexts();
  const { lang, isHidden, isAsking, isOnline } = useWallet();
  if (balance === undefined)
    return (
      <span class="face-money face-quiet">{isAsking ? t.balances.asking : isOnline ? '—' : t.balances.offline}</span>
    );
  if (balance.state !== 'answered')
    return (
      <span class="face-money face-quiet">
        <span>{balance.state === 'unknown' ? t.balances.noAnswer : t.balances.refused}</span>
        {balance.last_at !== null && balance.available !== null && !isHidden && (
          <span class="face-small">
            {t.balances.before(showMoment(balance.last_at, lang), showYuan(balance.available))}
          </span>
        )}
      </span>
    );
  if (isHidden) return <span class="face-money">••••••</span>;
  if (isDebit(card))
    return (
      <span class="face-money">
        <span class="face-amount">
          <span class="yuan">¥</span>
          {showFen(balance.available?.minor ?? '0')}
        </span>
        {!isOnline && <span class="face-small">{t.balances.asOf(showTime(balance.at))}</span>}
      </span>
    );
  const { bill } = balance;
  return (
    <span class="face-money">
      <span class="face-amount">
        <span class="yuan">¥</span>
        {showFen(bill?.amount.minor ?? '0')}
      </span>
      <span class="face-small">
        {bill === null || bill.amount.minor === '0' ? t.repay.nothingDue : t.repay.dueIn(daysUntil(bill.due_day))}
      </span>
    </span>
  );
}

/** One card in a list to choose from. */
export function CardLine(props: { card: Card; balance: Balance | undefined }): JSX.Element {
  const t = useTexts();
  const nameOf = useCardName();
  const { isHidden } = useWallet();
  const { card, balance } = props;
  return (
    <>
      <BankMark names={card.bank_name} colour={underWhite(card.colours[0])} />
      <span class="row-words">
        <span class="row-title">{nameOf(card)}</span>
        <span class="row-hint">
          {balance?.state === 'answered' && balance.available !== null
            ? (isDebit(card) ? t.balances.available : t.balances.credit)(
                isHidden ? '••••' : showYuan(balance.available),
              )
            : t.balances.unknown}
        </span>
      </span>
    </>
  );
}

/** Radio buttons, one a card; with `otherLabel` a last one for "you choose". */
export function CardPicker(props: {
  legend: string;
  cards: readonly Card[];
  value: string | null;
  onChange: (cardId: string | null) => void;
  other?: { title: string; hint: string };
}): JSX.Element {
  const { balances } = useWallet();
  const choice = (id: string | null, children: JSX.Element): JSX.Element => (
    <label key={id ?? 'other'} class="choice">
      <input type="radio" name="card" checked={props.value === id} onChange={() => props.onChange(id)} />
      {children}
      <span class="tick" aria-hidden="true" />
    </label>
  );
  return (
    <fieldset class="choices">
      <legend class="visually-hidden">{props.legend}</legend>
      {props.other &&
        choice(
          null,
          <>
            <span class="mark mark-auto" aria-hidden="true">
              ✦
            </span>
            <span class="row-words">
              <span class="row-title">{props.other.title}</span>
              <span class="row-hint">{props.other.hint}</span>
            </span>
          </>,
        )}
      {props.cards.map((card) => choice(card.card_id, <CardLine card={card} balance={balances.get(card.card_id)} />))}
    </fieldset>
  );
}
