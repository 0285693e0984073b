import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Card, KnownPayee, Move, PayeeInput, Quote } from '../../api.ts';
import { call } from '../call.ts';
import { takePayee } from '../handed-payee.ts';
import { readTyped, toAmount, toTyped } from '../money.ts';
import { sayProblem } from '../problem.ts';
import { useStep, type Place } from '../router.ts';
import { useTexts } from '../texts/use-texts.ts';
import { isDebit } from '../total.ts';
import { AmountEntry } from '../ui/amount-entry.tsx';
import { ArrivalChoice, type Arrival } from '../ui/arrival-choice.tsx';
import { useCardName } from '../ui/cards.tsx';
import { initialOf } from '../ui/initial.ts';
import { Button, Field, Loading, Notice, Page } from '../ui/parts.tsx';
import { PayeeChoice } from '../ui/payee-choice.tsx';
import { QuoteSheet } from '../ui/quote-sheet.tsx';
import { MoveResult } from '../ui/move-result.tsx';
import { SourceChoice } from '../ui/source-choice.tsx';
import { useDeed } from '../use-load.ts';
import { ensureCards, useWallet } from '../wallet-state.ts';

/** Whom the money goes to, with the words that the person knows them by. */
export interface ChosenPayee {
  payee: PayeeInput;
  title: string;
  hint: string;
}

/** To whom, how much, when; then the quote, the proof and the result. */
export function TransferPage({ place }: { place: Place }): JSX.Element {
  const t = useTexts();
  const { cards, lang } = useWallet();
  const nameOf = useCardName();
  const [handed] = useState(takePayee);
  const [step, toStep] = useStep<'payee' | 'amount' | 'result'>(handed === null ? 'payee' : 'amount');
  const [chosen, setChosen] = useState<ChosenPayee | null>(
    handed === null ? null : { payee: handed.payee, title: handed.name_masked, hint: t.transfer.byCode },
  );
  const [text, setText] = useState(handed?.amount == null ? '' : toTyped(BigInt(handed.amount.minor)));
  const [note, setNote] = useState(handed?.note ?? '');
  const [arrival, setArrival] = useState<Arrival>('instant');
  const [from, setFrom] = useState<string | null>(place.query.get('from'));
  const [quote, setQuote] = useState<Quote | null>(null);
  const [moves, setMoves] = useState<readonly Move[]>([]);
  const deed = useDeed();
  const fen = readTyped(text);
  useEffect(() => {
    ensureCards().catch(() => undefined); // the choice says what it knows
  }, []);

  const ask = (when: Arrival): void =>
    void deed.run(async () => {
      if (chosen === null || fen === null) return;
      const body = {
        kind: 'transfer' as const,
        from_card_ids: from === null ? null : [from],
        payee: chosen.payee,
        amount: toAmount(fen),
        arrival: when,
        note: note.trim(),
      };
      setQuote(await call('POST /api/quotes', { body }));
    });
  const choose = (payee: ChosenPayee): void => {
    setChosen(payee);
    toStep('amount');
  };
  const debit = (cards ?? []).filter(isDebit);

  if (step === 'result' && moves.length > 0)
    return (
      <Page title={t.transfer.title} back="/">
        <MoveResult moves={moves} isRepayment={false} />
      </Page>
    );
  if (step === 'amount' && chosen !== null)
    return (
      <Page title={t.transfer.title} back="/transfer">
        <div class="payee-head">
          <span class="avatar" aria-hidden="true">
            {initialOf(chosen.title) ?? '¥'}
          </span>
          <p>
            <strong>{t.transfer.to(chosen.title)}</strong>
            <span class="muted">{chosen.hint}</span>
          </p>
        </div>
        <AmountEntry text={text} onText={setText} isFixed={handed?.amount != null} below={null} />
        <div class="panel">
          <SourceChoice cards={debit.filter((card) => !isSame(card, chosen))} value={from} onChange={setFrom} />
          <ArrivalChoice value={arrival} onChange={setArrival} />
          <Field
            label={t.transfer.note}
            name="note"
            value={note}
            onInput={setNote}
            maxLength={30}
            placeholder={t.transfer.noteHint}
          />
        </div>
        {deed.error !== null && <Notice kind="error">{sayProblem(deed.error, lang)}</Notice>}
        <div class="sticky">
          <Button isBusy={deed.isBusy} isOff={fen === null} onClick={() => ask(arrival)} testId="quote-button">
            {t.next}
          </Button>
        </div>
        {quote !== null && (
          <QuoteSheet
            key={quote.quote_id}
            quote={quote}
            onClose={() => setQuote(null)}
            onLater={
              arrival === 'instant'
                ? () => {
                    setArrival('ordinary');
                    setQuote(null);
                    ask('ordinary');
                  }
                : null
            }
            onSent={(sent) => {
              setQuote(null);
              setMoves(sent);
              toStep('result');
            }}
          />
        )}
      </Page>
    );
  if (cards === null)
    return (
      <Page title={t.transfer.title} back="/">
        <Loading />
      </Page>
    );
  return (
    <Page title={t.transfer.title} back="/">
      {debit.length === 0 && <Notice kind="info">{t.transfer.noDebit}</Notice>}
      <PayeeChoice
        ownCards={debit}
        onChoose={choose}
        onKnown={(known: KnownPayee) =>
          choose({
            payee: { kind: 'known', payee_id: known.payee_id },
            title: known.party.name_masked,
            hint: nameOf(known.party),
          })
        }
      />
    </Page>
  );
}

function isSame(card: Card, chosen: ChosenPayee): boolean {
  return chosen.payee.kind === 'own_card' && chosen.payee.card_id === card.card_id;
}
