import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Bill, Card, Move, Quote } from '../../api.ts';
import { call } from '../call.ts';
import { daysUntil, showDay } from '../dates.ts';
import { fenOf, readTyped, showYuan, toAmount } from '../money.ts';
import { sayProblem } from '../problem.ts';
import { useStep, type Place } from '../router.ts';
import { useTexts } from '../texts/use-texts.ts';
import { isDebit } from '../total.ts';
import { AmountEntry } from '../ui/amount-entry.tsx';
import { BankMark, useCardName } from '../ui/cards.tsx';
import { underWhite } from '../ui/colours.ts';
import { MoveResult } from '../ui/move-result.tsx';
import { A, Button, Loading, Notice, Page } from '../ui/parts.tsx';
import { QuoteSheet } from '../ui/quote-sheet.tsx';
import { SourceChoice } from '../ui/source-choice.tsx';
import { useDeed } from '../use-load.ts';
import { ensureCards, useWallet } from '../wallet-state.ts';

/** A bill is urgent from here on. */
const URGENT_DAYS = 3;

/** Every credit card with its bill; paid off in full, at the minimum or as one likes, always free. */
export function RepayPage({ place }: { place: Place }): JSX.Element {
  const t = useTexts();
  const { cards, lang, balances } = useWallet();
  const nameOf = useCardName();
  const [cardId, setCardId] = useState<string | null>(place.query.get('card'));
  const [step, toStep] = useStep<'cards' | 'amount' | 'result'>(cardId === null ? 'cards' : 'amount');
  const [way, setWay] = useState<'full' | 'minimum' | 'other'>('full');
  const [text, setText] = useState('');
  const [from, setFrom] = useState<string | null>(null);
  const [quote, setQuote] = useState<Quote | null>(null);
  const [moves, setMoves] = useState<readonly Move[]>([]);
  const deed = useDeed();
  useEffect(() => {
    ensureCards().catch(() => undefined); // the list says what is not known
  }, []);
  const credit = (cards ?? []).filter((card) => !isDebit(card));
  const card = credit.find(({ card_id }) => card_id === cardId);
  const bill = card === undefined ? null : billOf(balances.get(card.card_id));
  const shown = bill === null ? 'other' : way;
  const fen =
    shown === 'other' ? readTyped(text) : fenOf(shown === 'full' ? (bill?.amount ?? null) : (bill?.minimum ?? null));

  const ask = (to: Card): void =>
    void deed.run(async () => {
      if (fen === null) return;
      const body = {
        kind: 'repayment' as const,
        from_card_ids: from === null ? null : [from],
        payee: { kind: 'own_card' as const, card_id: to.card_id },
        amount: toAmount(fen),
        arrival: 'instant' as const,
        note: '',
      };
      setQuote(await call('POST /api/quotes', { body }));
    });

  if (step === 'result' && moves.length > 0)
    return (
      <Page title={t.repay.title} back="/">
        <MoveResult moves={moves} isRepayment />
      </Page>
    );
  if (step === 'amount' && card !== undefined)
    return (
      <Page title={t.repay.title} back="/repay">
        <CreditCard card={card} bill={bill} />
        {bill !== null && (
          <fieldset class="panel choices">
            <legend class="visually-hidden">{t.repay.howMuch}</legend>
            <Option
              label={t.repay.full}
              value={showYuan(bill.amount)}
              isOn={shown === 'full'}
              onChange={() => setWay('full')}
            />
            <Option
              label={t.repay.minimum}
              value={showYuan(bill.minimum)}
              isOn={shown === 'minimum'}
              onChange={() => setWay('minimum')}
            />
            <Option label={t.repay.other} value="" isOn={shown === 'other'} onChange={() => setWay('other')} />
          </fieldset>
        )}
        {shown === 'other' && <AmountEntry text={text} onText={setText} />}
        <div class="panel">
          <SourceChoice cards={(cards ?? []).filter(isDebit)} value={from} onChange={setFrom} />
        </div>
        {deed.error !== null && <Notice kind="error">{sayProblem(deed.error, lang)}</Notice>}
        <div class="sticky">
          <Button
            isBusy={deed.isBusy}
            isOff={fen === null || fen === 0n}
            onClick={() => ask(card)}
            testId="quote-button"
          >
            {t.next}
          </Button>
        </div>
        {quote !== null && (
          <QuoteSheet
            key={quote.quote_id}
            quote={quote}
            onLater={null}
            onClose={() => setQuote(null)}
            onSent={(sent) => {
              setQuote(null);
              setMoves(sent);
              toStep('result');
            }}
          />
        )}
      </Page>
    );
  return (
    <Page title={t.repay.title} back="/">
      <p class="free-line">{t.repay.free}</p>
      {cards === null && <Loading />}
      {cards !== null && credit.length === 0 && (
        <div class="panel empty">
          <h2>{t.repay.none}</h2>
          <p class="muted">{t.repay.noneHint}</p>
          <A href="/cards/add" class="button button-primary">
            {t.cards.add}
          </A>
        </div>
      )}
      <ul class="credit-cards">
        {credit.map((one) => (
          <li key={one.card_id}>
            <CreditCard card={one} bill={billOf(balances.get(one.card_id))} />
            <button
              type="button"
              class="button button-primary"
              aria-label={t.repay.payCard(nameOf(one))}
              onClick={() => {
                setCardId(one.card_id);
                setWay('full');
                toStep('amount');
              }}
            >
              {t.actions.repay}
            </button>
          </li>
        ))}
      </ul>
    </Page>
  );

  function billOf(balance: ReturnType<typeof balances.get>): Bill | null {
    return balance?.state === 'answered' && balance.bill !== null && fenOf(balance.bill.amount) > 0n
      ? balance.bill
      : null;
  }
}

function CreditCard({ card, bill }: { card: Card; bill: Bill | null }): JSX.Element {
  const t = useTexts();
  const { lang, balances } = useWallet();
  const nameOf = useCardName();
  const balance = balances.get(card.card_id);
  const days = bill === null ? null : daysUntil(bill.due_day);
  return (
    <div class="panel credit-card">
      <p class="credit-name">
        <BankMark names={card.bank_name} colour={underWhite(card.colours[0])} />
        <span>{nameOf(card)}</span>
        {days !== null && <span class={days <= URGENT_DAYS ? 'due due-soon' : 'due'}>{t.repay.dueIn(days)}</span>}
      </p>
      {bill === null ? (
        <p class="muted">{balance?.state === 'answered' ? t.repay.nothingDue : t.balances.unknown}</p>
      ) : (
        <dl class="credit-facts">
          <div>
            <dt>{t.repay.bill}</dt>
            <dd class="credit-amount">{showYuan(bill.amount)}</dd>
          </div>
          <div>
            <dt>{t.repay.minimum}</dt>
            <dd>{showYuan(bill.minimum)}</dd>
          </div>
          <div>
            <dt>{t.repay.dueDay}</dt>
            <dd>{showDay(bill.due_day, lang)}</dd>
          </div>
        </dl>
      )}
    </div>
  );
}

function Option(props: { label: string; value: string; isOn: boolean; onChange: () => void }): JSX.Element {
  return (
    <label class="choice">
      <input type="radio" name="how-much" checked={props.isOn} onChange={props.onChange} />
      <span class="row-words">
        <span class="row-title">{props.label}</span>
      </span>
      <span class="row-value">{props.value}</span>
      <span class="tick" aria-hidden="true" />
    </label>
  );
}
