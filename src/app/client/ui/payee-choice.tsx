import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Card, KnownPayee } from '../../api.ts';
import { call } from '../call.ts';
import type { ChosenPayee } from '../pages/transfer.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { useWallet } from '../wallet-state.ts';
import { CardNumberField, useBank } from './card-number-field.tsx';
import { BankMark, bankNameOf, CardLine, useCardName } from './cards.tsx';
import { Icon } from './icons.tsx';
import { A, Button, Field } from './parts.tsx';
import { underWhite } from './colours.ts';

const WAYS = ['card', 'phone', 'own'] as const;

/** To a card, to a phone number, to a card of one's own, or to somebody who was paid before. */
export function PayeeChoice(props: {
  ownCards: readonly Card[];
  onChoose: (payee: ChosenPayee) => void;
  onKnown: (known: KnownPayee) => void;
}): JSX.Element {
  const t = useTexts();
  const [way, setWay] = useState<(typeof WAYS)[number]>('card');
  return (
    <>
      <div class="tabs-row" role="tablist" aria-label={t.transfer.toWhom}>
        {WAYS.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`way-${name}`}
            aria-selected={way === name}
            aria-controls="way"
            class={way === name ? 'tab-chip tab-chip-here' : 'tab-chip'}
            onClick={() => setWay(name)}
          >
            {t.transfer.ways[name]}
          </button>
        ))}
      </div>
      <div id="way" role="tabpanel" aria-labelledby={`way-${way}`}>
        {way === 'card' && <ToCard onChoose={props.onChoose} />}
        {way === 'phone' && <ToPhone onChoose={props.onChoose} />}
        {way === 'own' && <ToOwn cards={props.ownCards} onChoose={props.onChoose} />}
      </div>
      <Recent onKnown={props.onKnown} />
    </>
  );
}

function ToCard({ onChoose }: { onChoose: (payee: ChosenPayee) => void }): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const [number, setNumber] = useState('');
  const [name, setName] = useState('');
  const facts = useBank(number);
  const bank = facts === null || facts.bank === null ? '' : bankNameOf(facts, lang);
  return (
    <form
      class="form panel"
      onSubmit={(event) => {
        event.preventDefault();
        const holder = name.trim();
        onChoose({
          payee: { kind: 'card', number, name: holder },
          title: holder,
          hint: `${bank} (${number.slice(-4)})`.trim(),
        });
      }}
    >
      <Field
        label={t.transfer.payeeName}
        name="payee"
        value={name}
        onInput={setName}
        autoComplete="off"
        maxLength={50}
        required
      />
      <CardNumberField
        label={t.transfer.payeeCard}
        value={number}
        onInput={setNumber}
        facts={facts}
        hint={t.transfer.payeeCardHint}
      />
      <Button type="submit" isOff={name.trim().length < 2 || number.length < 15}>
        {t.next}
      </Button>
    </form>
  );
}

function ToPhone({ onChoose }: { onChoose: (payee: ChosenPayee) => void }): JSX.Element {
  const t = useTexts();
  const [phone, setPhone] = useState('');
  const digits = phone.replace(/\D/g, '');
  return (
    <form
      class="form panel"
      onSubmit={(event) => {
        event.preventDefault();
        onChoose({ payee: { kind: 'phone', phone: digits }, title: phone, hint: t.transfer.byPhone });
      }}
    >
      <Field
        label={t.transfer.payeePhone}
        name="payee-phone"
        type="tel"
        value={phone}
        onInput={setPhone}
        inputMode="tel"
        autoComplete="off"
        maxLength={20}
        hint={t.transfer.payeePhoneHint}
      />
      <Button type="submit" isOff={!/^1[3-9]\d{9}$/.test(digits)}>
        {t.next}
      </Button>
    </form>
  );
}

function ToOwn(props: { cards: readonly Card[]; onChoose: (payee: ChosenPayee) => void }): JSX.Element {
  const t = useTexts();
  const { balances } = useWallet();
  const nameOf = useCardName();
  return (
    <div class="panel">
      {props.cards.length < 2 && <p class="muted pad-text">{t.transfer.ownNeedsTwo}</p>}
      {props.cards.length >= 2 &&
        props.cards.map((card) => (
          <button
            key={card.card_id}
            type="button"
            class="row"
            onClick={() =>
              props.onChoose({
                payee: { kind: 'own_card', card_id: card.card_id },
                title: t.transfer.myself,
                hint: nameOf(card),
              })
            }
          >
            <CardLine card={card} balance={balances.get(card.card_id)} />
            <Icon name="next" size={18} />
          </button>
        ))}
    </div>
  );
}

function Recent({ onKnown }: { onKnown: (known: KnownPayee) => void }): JSX.Element {
  const t = useTexts();
  const nameOf = useCardName();
  const [payees, setPayees] = useState<readonly KnownPayee[]>([]);
  useEffect(() => {
    call('GET /api/payees', {}).then(
      ({ data }) => setPayees(data),
      () => undefined, // without them one types
    );
  }, []);
  return (
    <section aria-labelledby="recent">
      <div class="section-top">
        <h2 id="recent">{t.transfer.recent}</h2>
        <A href="/scan" class="text-button">
          <Icon name="scan" size={18} /> {t.actions.scan}
        </A>
      </div>
      <div class="panel">
        {payees.length === 0 && <p class="muted pad-text">{t.transfer.noRecent}</p>}
        {payees.map((known) => (
          <button key={known.payee_id} type="button" class="row" onClick={() => onKnown(known)}>
            <BankMark names={known.party.bank_name} colour={underWhite('')} />
            <span class="row-words">
              <span class="row-title">{known.party.name_masked}</span>
              <span class="row-hint">{nameOf(known.party)}</span>
            </span>
            <Icon name="next" size={18} />
          </button>
        ))}
      </div>
    </section>
  );
}
