import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Card } from '../../api.ts';
import { daysUntil, showTime } from '../dates.ts';
import { showFen, showYuan } from '../money.ts';
import { sayProblem } from '../problem.ts';
import { useTexts } from '../texts/use-texts.ts';
import { addUp, type Total } from '../total.ts';
import { bankNameOf, CardFace } from '../ui/cards.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { A, Button, Loading, Notice, Page, Row } from '../ui/parts.tsx';
import { useDeed } from '../use-load.ts';
import { askBalances, loadCards, setHidden, useWallet } from '../wallet-state.ts';

const ACTIONS = [
  ['/transfer', 'transfer', 'transfer'],
  ['/repay', 'repay', 'repay'],
  ['/code', 'code', 'code'],
  ['/scan', 'scan', 'scan'],
] as const satisfies readonly (readonly [string, string, IconName])[];

/** One total over every bank's card, what people do most, and the cards. */
export function HomePage(): JSX.Element {
  const t = useTexts();
  const { me, cards, lang, isOnline } = useWallet();
  const load = useDeed();
  const refresh = (isFresh: boolean): void =>
    void load.run(async () => {
      const known = await loadCards();
      if (known.length > 0) await askBalances(isFresh);
    });
  useEffect(() => {
    if (isOnline) refresh(false);
  }, [isOnline]);
  return (
    <Page
      title={t.brand}
      isWide
      action={
        <button
          type="button"
          class={load.isBusy ? 'icon-button is-turning' : 'icon-button'}
          aria-label={t.balances.refresh}
          disabled={load.isBusy}
          onClick={() => refresh(true)}
        >
          <Icon name="refresh" />
        </button>
      }
    >
      <div class="home">
        <div class="home-side">
          <Hero cards={cards ?? []} isKnown={cards !== null} />
          <nav class="actions" aria-label={t.home.actions}>
            {ACTIONS.map(([href, name, icon]) => (
              <A key={href} href={href} class="action">
                <span class={`action-icon action-${name}`}>
                  <Icon name={icon} size={26} />
                </span>
                <span>{t.actions[name]}</span>
              </A>
            ))}
          </nav>
          {me?.has_pin === false && (
            <div class="panel">
              <Row icon="lock" title={t.home.setPin} hint={t.home.setPinHint} href="/security/pin" />
            </div>
          )}
          {me?.has_pin === true && me.passkeys_count === 0 && (
            <div class="panel">
              <Row icon="key" title={t.home.addPasskey} hint={t.home.addPasskeyHint} href="/security" />
            </div>
          )}
          <div class="panel home-more">
            <Row icon="receive" title={t.actions.receive} hint={t.home.receiveHint} href="/receive" />
            <Row icon="people" title={t.collect.title} hint={t.home.collectHint} href="/collect" />
            <Row icon="limits" title={t.limits.title} hint={t.home.limitsHint} href="/limits" />
          </div>
        </div>
        <section class="home-cards" aria-labelledby="my-cards">
          <div class="section-top">
            <h2 id="my-cards">{t.home.cards}</h2>
            {cards !== null && cards.length > 0 && (
              <A href="/cards/add" class="text-button">
                <Icon name="plus" size={18} /> {t.cards.add}
              </A>
            )}
          </div>
          {load.error !== null && isOnline && (
            <Notice kind="error" action={<Again onClick={() => refresh(false)} />}>
              {sayProblem(load.error, lang)}
            </Notice>
          )}
          {cards === null && load.error === null && <Loading lines={4} />}
          {cards?.length === 0 && <NoCards />}
          <ul class="faces">
            {cards?.map((card) => (
              <li key={card.card_id}>
                <Face card={card} />
              </li>
            ))}
          </ul>
        </section>
      </div>
    </Page>
  );
}

function Face({ card }: { card: Card }): JSX.Element {
  const { balances } = useWallet();
  return <CardFace card={card} balance={balances.get(card.card_id)} isLink />;
}

function Hero({ cards, isKnown }: { cards: readonly Card[]; isKnown: boolean }): JSX.Element {
  const t = useTexts();
  const { balances, isHidden, isAsking, lang } = useWallet();
  const total = addUp(cards, balances);
  const hasFigure = total.answered > 0 || (isKnown && total.debitCards === 0);
  return (
    <section class="hero" aria-label={t.home.total}>
      <div class="hero-top">
        <h2 class="hero-label">{t.home.total}</h2>
        <button
          type="button"
          class="icon-button"
          aria-pressed={isHidden}
          aria-label={t.home.hide}
          onClick={() => setHidden(!isHidden)}
        >
          <Icon name={isHidden ? 'eyeOff' : 'eye'} size={20} />
        </button>
      </div>
      <p class="hero-amount" data-testid="total">
        {isHidden ? (
          '••••••'
        ) : hasFigure ? (
          <>
            <span class="yuan">¥</span>
            {showFen(total.fen)}
          </>
        ) : (
          <span class="hero-none">—</span>
        )}
      </p>
      <p class="hero-note" role="status" data-testid="total-note">
        {sayFreshness(total, t, isAsking, lang)}
      </p>
      {total.owedFen > 0n && (
        <A href="/repay" class="hero-bill">
          <span>{t.home.owed}</span>
          <span class="hero-bill-amount">{isHidden ? '••••' : showYuan(total.owedFen)}</span>
          {total.nextDueDay !== null && <span class="hero-bill-due">{t.repay.dueIn(daysUntil(total.nextDueDay))}</span>}
          <Icon name="next" size={16} />
        </A>
      )}
    </section>
  );
}

/** What the figure is and is not: how many cards are in it, which banks are missing, since when it holds. */
function sayFreshness(total: Total, t: ReturnType<typeof useTexts>, isAsking: boolean, lang: 'zh-CN' | 'en'): string {
  const banksOf = (cards: readonly Card[]): string =>
    [...new Set(cards.map((card) => bankNameOf(card, lang)))].join(lang === 'en' ? ', ' : '、');
  if (total.missing.length > 0) return t.home.missing(banksOf(total.missing), total.answered, total.debitCards);
  if (isAsking && total.waiting.length > 0) return t.home.asking(banksOf(total.waiting));
  if (total.waiting.length > 0) return t.home.notAsked;
  if (total.oldestAt === null) return t.home.noDebit;
  return t.home.all(total.debitCards, showTime(total.oldestAt));
}

function NoCards(): JSX.Element {
  const t = useTexts();
  return (
    <div class="panel empty">
      <span class="empty-card" aria-hidden="true" />
      <h3>{t.home.noCards}</h3>
      <p class="muted">{t.home.noCardsHint}</p>
      <A href="/cards/one-tap" class="button button-primary">
        <Icon name="bolt" size={20} />
        <span>{t.cards.oneTap}</span>
      </A>
      <A href="/cards/add" class="button button-soft">
        <span>{t.cards.addByNumber}</span>
      </A>
    </div>
  );
}

function Again({ onClick }: { onClick: () => void }): JSX.Element {
  const t = useTexts();
  return (
    <Button kind="plain" onClick={onClick}>
      {t.again}
    </Button>
  );
}
