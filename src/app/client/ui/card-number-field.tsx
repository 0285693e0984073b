import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { call, type Reply } from '../call.ts';
import { useTexts } from '../texts/use-texts.ts';
import { useWallet } from '../wallet-state.ts';
import { BankMark, bankNameOf } from './cards.tsx';
import { Field } from './parts.tsx';

export type BankFacts = Reply<'POST /api/cards/look-up'>;

/** Enough digits for the table of banks to know the card by. */
const LOOK_UP_DIGITS_MIN = 15;
const LOOK_UP_PAUSE_MS = 300;

/** A card number in groups of four, with the bank that it belongs to below as soon as that is known. */
export function CardNumberField(props: {
  label: string;
  value: string;
  onInput: (digits: string) => void;
  facts: BankFacts | null;
  hint: string;
}): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const { facts } = props;
  return (
    <>
      <Field
        label={props.label}
        name="card-number"
        value={props.value.replace(/(\d{4})(?=\d)/g, '$1 ')}
        onInput={(text) => props.onInput(text.replace(/\D/g, '').slice(0, 19))}
        inputMode="numeric"
        autoComplete="off"
        placeholder="6222 0000 0000 0000 000"
        hint={props.hint}
      />
      <div class="bind-facts" role="status" data-testid="bank">
        {facts !== null && facts.bank !== null && (
          <>
            <BankMark names={facts.bank_name} colour={null} />
            <span>
              {bankNameOf(facts, lang)} · {t.kinds[facts.kind]}
              {!facts.takes_part && <span class="bad"> {t.bind.takesNoPart}</span>}
            </span>
          </>
        )}
        {facts !== null && facts.bank === null && <span class="muted">{t.bind.unknownBank}</span>}
      </div>
    </>
  );
}

/** What the number says of its bank, asked once typing rests. Nothing while it is too short. */
export function useBank(number: string): BankFacts | null {
  const [facts, setFacts] = useState<BankFacts | null>(null);
  const asked = useRef('');
  useEffect(() => {
    asked.current = number;
    if (number.length < LOOK_UP_DIGITS_MIN) {
      setFacts(null);
      return undefined;
    }
    const timer = setTimeout(() => {
      call('POST /api/cards/look-up', { body: { number } })
        .then((reply) => asked.current === number && setFacts(reply))
        .catch(() => asked.current === number && setFacts(null));
    }, LOOK_UP_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [number]);
  return facts;
}
