import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Order } from '../../api.ts';
import { call } from '../call.ts';
import { askBackToShop, saidTotal, tellShop } from '../payment-window.ts';
import { nowMs } from '../clock.ts';
import { fenOf, showYuan } from '../money.ts';
import { isUnknown, sayProblem } from '../problem.ts';
import { prove, type Proof } from '../prove.tsx';
import type { Place } from '../router.ts';
import { useTexts } from '../texts/use-texts.ts';
import { CardPicker } from '../ui/cards.tsx';
import { useSecondsLeft } from '../ui/code-field.tsx';
import { Icon, ResultSign } from '../ui/icons.tsx';
import { A, Button, Loading, Notice, Page } from '../ui/parts.tsx';
import { useDeed } from '../use-load.ts';
import { ensureCards, moneyMoved, useWallet } from '../wallet-state.ts';

const ASK_PAUSE_MS = 1_500;

/** A shop's order: what it is, how much, with which card; then the proof and how it ended. */
export function PayPage({ place }: { place: Place }): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const token = place.params['token'] ?? '';
  const { order, error, setOrder } = useOrder(token);
  const total = saidTotal(place);
  return (
    <Page title={t.pay.title} back="/">
      {order === null && error === null && <Loading />}
      {error !== null && order === null && <Notice kind="error">{sayProblem(error, lang)}</Notice>}
      {order !== null && total !== null && total !== fenOf(order.amount) ? (
        <Notice kind="error">{t.pay.otherTotal(showYuan(total), showYuan(order.amount))}</Notice>
      ) : (
        order !== null && <OrderPanel order={order} place={place} onOrder={setOrder} />
      )}
    </Page>
  );
}

/** The order, asked again while a payment of it is under way. */
function useOrder(token: string): { order: Order | null; error: unknown; setOrder: (order: Order) => void } {
  const [order, setOrder] = useState<Order | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    call('GET /api/orders/:token', { params: { token } }).then(setOrder, setError);
    ensureCards().catch(() => undefined); // the choice says what it knows
  }, [token]);
  const isPaying = order?.is_paying === true;
  useEffect(() => {
    if (!isPaying) return undefined;
    const timer = setInterval(() => {
      call('GET /api/orders/:token', { params: { token } }).then(setOrder, () => undefined); // the next one may come through
    }, ASK_PAUSE_MS);
    return () => clearInterval(timer);
  }, [isPaying, token]);
  return { order, error, setOrder };
}

function OrderPanel({
  order,
  place,
  onOrder,
}: {
  order: Order;
  place: Place;
  onOrder: (order: Order) => void;
}): JSX.Element {
  const t = useTexts();
  const isOpen = order.state === 'open' && !order.is_paying;
  useEffect(() => {
    if (order.state !== 'open') tellShop(place, order);
  }, [order.state]);
  return (
    <>
      <section class="order panel" data-testid="order" data-state={order.is_paying ? 'paying' : order.state}>
        {!isOpen && <OrderSign order={order} />}
        <p class="order-shop">
          <Icon name="shop" size={20} /> {order.shop_name}
        </p>
        <p class="order-amount">
          <span class="yuan">¥</span>
          {showYuan(order.amount).slice(1)}
        </p>
        <p class="order-subject">{order.subject}</p>
        {isOpen && <TimeLeft expiresAt={order.expires_at} />}
      </section>
      {isOpen ? <PayForm order={order} onOrder={onOrder} /> : <BackToShop order={order} place={place} />}
      {isOpen && askBackToShop(place) !== null && (
        <Button kind="plain" onClick={() => tellShop(place, null)}>
          {t.pay.cancel}
        </Button>
      )}
    </>
  );
}

function PayForm({ order, onOrder }: { order: Order; onOrder: (order: Order) => void }): JSX.Element {
  const t = useTexts();
  const { cards, lang } = useWallet();
  const [picked, setPicked] = useState<string | null>(null);
  const [sent, setSent] = useState<{ cardId: string; proof: Proof } | null>(null);
  const deed = useDeed();
  const cardId =
    sent?.cardId ?? picked ?? cards?.find((card) => card.is_default)?.card_id ?? cards?.[0]?.card_id ?? null;

  const pay = (withCard: string): void =>
    void deed.run(async () => {
      const proof =
        sent?.proof ??
        (await prove({
          act: { kind: 'purchase', subject: order.token, detail: withCard },
          title: t.pay.confirm,
          amount: showYuan(order.amount),
          says: t.pay.to(order.shop_name),
        }));
      if (proof === null) return;
      setSent({ cardId: withCard, proof });
      try {
        const body = { card_id: withCard, proof: proof.token };
        const reply = await call(
          'POST /api/orders/:token/pay',
          { params: { token: order.token }, body },
          { intent: `pay:${order.token}` },
        );
        setSent(null);
        moneyMoved();
        onOrder(reply.order);
      } catch (error) {
        if (!isUnknown(error)) setSent(null);
        throw error;
      }
    });
  if (cards === null) return <Loading />;
  if (cards.length === 0)
    return (
      <div class="panel empty">
        <p class="muted">{t.pay.noCards}</p>
        <A href="/cards/one-tap" class="button button-primary">
          {t.cards.oneTap}
        </A>
      </div>
    );
  const isWaiting = sent !== null && isUnknown(deed.error);
  return (
    <>
      {order.failure !== null && <Notice kind="warning">{t.pay.failed(t.failureOf(order.failure))}</Notice>}
      <div class="panel">
        <CardPicker legend={t.pay.withCard} cards={cards} value={cardId} onChange={setPicked} />
      </div>
      {deed.error !== null && (
        <Notice kind={isWaiting ? 'warning' : 'error'}>
          {isWaiting ? t.pay.unknown : sayProblem(deed.error, lang)}
        </Notice>
      )}
      <div class="sticky">
        <Button
          isBusy={deed.isBusy}
          isOff={cardId === null}
          onClick={() => cardId !== null && pay(cardId)}
          testId="pay"
        >
          {isWaiting ? t.checkAgain : t.pay.button(showYuan(order.amount))}
        </Button>
      </div>
    </>
  );
}

function OrderSign({ order }: { order: Order }): JSX.Element {
  const t = useTexts();
  const kind = order.is_paying ? 'waiting' : order.state === 'paid' ? 'done' : 'closed';
  return (
    <>
      <ResultSign kind={kind} />
      <div role="status">
        <h2>{order.is_paying ? t.pay.paying : t.pay.states[order.state === 'open' ? 'closed' : order.state]}</h2>
      </div>
      {order.is_paying && <p class="muted">{t.pay.payingHint}</p>}
    </>
  );
}

function TimeLeft({ expiresAt }: { expiresAt: string }): JSX.Element | null {
  const t = useTexts();
  const left = useSecondsLeft(Date.parse(expiresAt));
  if (Date.parse(expiresAt) - nowMs() > 3_600_000) return null;
  const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
  return <p class="fine">{left === 0 ? t.pay.expired : t.pay.timeLeft(clock)}</p>;
}

function BackToShop({ order, place }: { order: Order; place: Place }): JSX.Element | null {
  const t = useTexts();
  if (order.is_paying) return null;
  if (askBackToShop(place) !== null)
    return <Button onClick={() => tellShop(place, order)}>{t.pay.back(order.shop_name)}</Button>;
  return (
    <div class="two-buttons">
      {/^https?:\/\//.test(order.return_url) && (
        <a class="button button-primary" href={order.return_url} data-testid="back-to-shop">
          {t.pay.back(order.shop_name)}
        </a>
      )}
      <A href="/" class="button button-soft">
        {t.tabs.home}
      </A>
    </div>
  );
}
