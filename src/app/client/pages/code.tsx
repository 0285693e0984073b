import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Order } from '../../api.ts';
import { call, type Reply } from '../call.ts';
import { nowMs } from '../clock.ts';
import { showRoundYuan, showYuan } from '../money.ts';
import { sayProblem } from '../problem.ts';
import { useTexts } from '../texts/use-texts.ts';
import { isDebit } from '../total.ts';
import { CardPicker, useCardName } from '../ui/cards.tsx';
import { BarCode, QrCode } from '../ui/codes.tsx';
import { ResultSign } from '../ui/icons.tsx';
import { A, Loading, Notice, Page, Row } from '../ui/parts.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { ensureCards, moneyMoved, useWallet } from '../wallet-state.ts';

/** A code is replaced this long before it runs out, so that what a till sees is always good. */
const RENEW_BEFORE_MS = 5_000;
const ASK_PAUSE_MS = 1_500;

type Code = Reply<'POST /api/payment-codes'>;

/** The code that a till scans: QR, bars and digits, new each minute; what a shop charges to it shows up here. */
export function CodePage(): JSX.Element {
  const t = useTexts();
  const { cards, me, lang } = useWallet();
  const nameOf = useCardName();
  const [picked, setPicked] = useState<string | null>(null);
  const [isChoosing, setChoosing] = useState(false);
  const card =
    cards?.find(({ card_id }) => card_id === picked) ??
    cards?.find((one) => one.is_default && isDebit(one)) ??
    cards?.find(isDebit) ??
    cards?.[0];
  const { code, error } = useCode(me?.has_pin === true ? (card?.card_id ?? null) : null);
  const charged = useCharged();
  useScreenOn();
  useEffect(() => {
    ensureCards().catch(() => undefined); // without balances the code works as well
  }, []);
  return (
    <Page title={t.code.title}>
      {charged !== null && <Charged order={charged} />}
      {me?.has_pin === false && (
        <Notice kind="info" action={<A href="/security/pin">{t.pin.set}</A>}>
          {t.prove.nothingSet}
        </Notice>
      )}
      {cards?.length === 0 && <Notice kind="info">{t.pay.noCards}</Notice>}
      {error !== null && <Notice kind="error">{sayProblem(error, lang)}</Notice>}
      {cards === null && <Loading />}
      {card !== undefined && (
        <section class="code-card" aria-label={t.code.title}>
          <p class="code-hint">{t.code.show}</p>
          {code === null ? <div class="code-wait" /> : <Codes code={code} />}
          <p class="code-hint">{code === null ? '' : sayMax(code, t)}</p>
          <div class="code-source">
            <Row icon="card" title={t.pay.withCard} value={nameOf(card)} onClick={() => setChoosing(true)} />
          </div>
        </section>
      )}
      <div class="panel">
        <Row icon="scan" title={t.actions.scan} href="/scan" />
        <Row icon="receive" title={t.actions.receive} href="/receive" />
      </div>
      {isChoosing && cards !== null && (
        <Sheet title={t.pay.withCard} onClose={() => setChoosing(false)}>
          <CardPicker
            legend={t.pay.withCard}
            cards={cards}
            value={card?.card_id ?? null}
            onChange={(cardId) => {
              setPicked(cardId);
              setChoosing(false);
            }}
          />
        </Sheet>
      )}
    </Page>
  );
}

/** Up to how much a till may charge without asking; a new device is always asked. */
function sayMax(code: Code, t: ReturnType<typeof useTexts>): string {
  return code.max_amount.minor === '0' ? t.code.askAlways : t.code.max(showRoundYuan(code.max_amount.minor));
}

function Codes({ code }: { code: Code }): JSX.Element {
  const t = useTexts();
  const [isShown, setShown] = useState(false);
  const digits = code.code.replace(/(\d{4})(?=\d)/g, '$1 ');
  return (
    <div data-testid="code">
      <BarCode digits={code.code} />
      <button type="button" class="code-digits" onClick={() => setShown(!isShown)}>
        {isShown ? <span class="mono">{digits}</span> : t.code.showDigits(code.code.slice(0, 4))}
      </button>
      <QrCode text={code.code} label={t.code.qr} />
    </div>
  );
}

/** A fresh code for the card, and another before each runs out or when the page is looked at again. */
function useCode(cardId: string | null): { code: Code | null; error: unknown } {
  const [code, setCode] = useState<Code | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (cardId === null) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const renew = async (): Promise<void> => {
      clearTimeout(timer);
      if (isOver || document.hidden) return; // it is renewed when somebody looks
      try {
        const next = await call('POST /api/payment-codes', { body: { card_id: cardId } });
        if (isOver) return;
        setCode(next);
        setError(null);
        timer = setTimeout(
          () => void renew(),
          Math.max(RENEW_BEFORE_MS, Date.parse(next.expires_at) - nowMs() - RENEW_BEFORE_MS),
        );
      } catch (problem) {
        if (isOver) return;
        setCode(null); // a code that may be over is not shown
        setError(problem);
        timer = setTimeout(() => void renew(), RENEW_BEFORE_MS);
      }
    };
    const look = (): void => void renew();
    document.addEventListener('visibilitychange', look);
    setCode(null);
    void renew();
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [cardId]);
  return { code, error };
}

/** What a shop has charged since this page was opened; the newest. */
function useCharged(): Order | null {
  const [charged, setCharged] = useState<Order | null>(null);
  const known = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    const look = async (): Promise<void> => {
      const { data } = await call('GET /api/code-orders', {});
      const before = known.current;
      known.current ??= new Set(data.map(({ token }) => token));
      const fresh = before === null ? undefined : data.find(({ token }) => !before.has(token));
      if (fresh !== undefined) setCharged(fresh);
      if (fresh?.state === 'paid') moneyMoved();
    };
    const timer = setInterval(() => {
      if (document.hidden) return;
      look().catch(() => undefined); // the next one may come through
    }, ASK_PAUSE_MS);
    return () => clearInterval(timer);
  }, []);
  return charged;
}

function Charged({ order }: { order: Order }): JSX.Element {
  const t = useTexts();
  const isPaid = order.state === 'paid';
  return (
    <section class="panel charged" role="status" data-testid="charged">
      <ResultSign kind={isPaid ? 'done' : 'waiting'} />
      <p>
        <strong>{isPaid ? t.code.paid : t.code.asks}</strong>
        <span>
          {order.shop_name} · {showYuan(order.amount)}
        </span>
      </p>
      {order.state === 'open' && (
        <A href={`/pay/${order.token}`} class="button button-primary">
          {t.pay.confirm}
        </A>
      )}
    </section>
  );
}

/** The screen stays on while a till looks for the code. */
function useScreenOn(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let isOver = false;
    const keep = async (): Promise<void> => {
      if (!('wakeLock' in navigator) || document.hidden) return;
      lock = await navigator.wakeLock.request('screen').catch(() => null);
      if (isOver) await lock?.release();
    };
    const look = (): void => void keep();
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      isOver = true;
      document.removeEventListener('visibilitychange', look);
      lock?.release().catch(() => undefined); // it may be gone already
    };
  }, []);
}
