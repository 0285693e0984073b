import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { AskedCollection, Move, Quote } from '../../api.ts';
import { call } from '../call.ts';
import { showMoment } from '../dates.ts';
import { showYuan } from '../money.ts';
import { sayProblem } from '../problem.ts';
import type { Place } from '../router.ts';
import { useTexts } from '../texts/use-texts.ts';
import { isDebit } from '../total.ts';
import { CardPicker } from '../ui/cards.tsx';
import { initialOf } from '../ui/initial.ts';
import { MoveResult } from '../ui/move-result.tsx';
import { A, Button, Loading, Notice, Page } from '../ui/parts.tsx';
import { QuoteSheet } from '../ui/quote-sheet.tsx';
import { useDeed, useLoad } from '../use-load.ts';
import { ensureCards, useWallet } from '../wallet-state.ts';

/** Somebody's collection as its link shows it: who collects, one's own share, a card, and confirming it like any transfer. */
export function CollectPage({ place }: { place: Place }): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const code = place.params['code'] ?? '';
  const asked = useLoad(() => call('GET /api/collect/:code', { params: { code } }), code);
  const [moves, setMoves] = useState<readonly Move[]>([]);
  useEffect(() => {
    ensureCards().catch(() => undefined); // the choice says what it knows
  }, []);
  return (
    <Page title={t.collect.payTitle} back="/">
      {moves.length > 0 && <MoveResult moves={moves} isRepayment={false} />}
      {moves.length === 0 && asked.value === null && asked.error === null && <Loading />}
      {moves.length === 0 && asked.error !== null && <Notice kind="error">{sayProblem(asked.error, lang)}</Notice>}
      {moves.length === 0 && asked.value !== null && <AskedPanel asked={asked.value} onSent={setMoves} />}
    </Page>
  );
}

function AskedPanel({ asked, onSent }: { asked: AskedCollection; onSent: (moves: Move[]) => void }): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  return (
    <>
      <section class="order panel" data-testid="asked" data-state={asked.state}>
        <span class="avatar" aria-hidden="true">
          {initialOf(asked.payee_name) ?? '¥'}
        </span>
        <p class="order-shop">{t.collect.asks(asked.payee_name)}</p>
        <p class="order-amount">
          <span class="yuan">¥</span>
          {showYuan(asked.amount).slice(1)}
        </p>
        <p class="order-subject">{asked.title}</p>
        <p class="fine">
          {t.collect.paidOf(asked.paid_count, asked.people)}
          {asked.until !== null && ` · ${t.collect.until}: ${showMoment(asked.until, lang)}`}
        </p>
      </section>
      {asked.state === 'open' ? (
        <PayForm asked={asked} onSent={onSent} />
      ) : (
        <>
          <Notice kind="info">{t.collect.mine[asked.state]}</Notice>
          {asked.state === 'own' && (
            <A href="/collect" class="button button-primary">
              {t.collect.look}
            </A>
          )}
        </>
      )}
    </>
  );
}

function PayForm({ asked, onSent }: { asked: AskedCollection; onSent: (moves: Move[]) => void }): JSX.Element {
  const t = useTexts();
  const { cards, lang } = useWallet();
  const [picked, setPicked] = useState<string | null>(null);
  const [quote, setQuote] = useState<Quote | null>(null);
  const deed = useDeed();
  const params = { code: asked.code };
  if (cards === null) return <Loading />;
  const debit = cards.filter(isDebit);
  if (debit.length === 0)
    return (
      <div class="panel empty">
        <p class="muted">{t.pay.noCards}</p>
        <A href="/cards/one-tap" class="button button-primary">
          {t.cards.oneTap}
        </A>
      </div>
    );
  const cardId = picked ?? debit.find((card) => card.is_default)?.card_id ?? debit[0]?.card_id ?? null;
  const ask = (from: string): void =>
    void deed.run(async () =>
      setQuote(await call('POST /api/collect/:code/quote', { params, body: { from_card_id: from } })),
    );
  return (
    <>
      <div class="panel">
        <CardPicker legend={t.pay.withCard} cards={debit} value={cardId} onChange={setPicked} />
      </div>
      <p class="fine">{t.collect.known}</p>
      {deed.error !== null && <Notice kind="error">{sayProblem(deed.error, lang)}</Notice>}
      <div class="sticky">
        <Button
          isBusy={deed.isBusy}
          isOff={cardId === null}
          onClick={() => cardId !== null && ask(cardId)}
          testId="collect-pay"
        >
          {t.collect.pay(showYuan(asked.amount))}
        </Button>
      </div>
      {quote !== null && (
        <QuoteSheet
          key={quote.quote_id}
          quote={quote}
          onClose={() => setQuote(null)}
          onLater={null}
          send={async (proof) => {
            const body = { quote_id: quote.quote_id, proof };
            const intent = `collect:${quote.quote_id}`;
            return (await call('POST /api/collect/:code/pay', { params, body }, { intent })).data;
          }}
          onSent={(moves) => {
            setQuote(null);
            onSent(moves);
          }}
        />
      )}
    </>
  );
}
