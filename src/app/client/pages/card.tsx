import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Card } from '../../api.ts';
import { call } from '../call.ts';
import { daysUntil, showDay, showMoment } from '../dates.ts';
import { showYuan } from '../money.ts';
import { sayProblem } from '../problem.ts';
import { prove } from '../prove.tsx';
import { goBack, type Place } from '../router.ts';
import { useTexts } from '../texts/use-texts.ts';
import { say } from '../toast.tsx';
import { isDebit } from '../total.ts';
import { CardFace, useCardName } from '../ui/cards.tsx';
import { A, Button, Facts, Field, Loading, Notice, Page, Row } from '../ui/parts.tsx';
import { useDeed } from '../use-load.ts';
import { ensureCards, loadCards, useWallet } from '../wallet-state.ts';

/** One card: what is on it, its name, whether money comes to it first, and the way out. */
export function CardPage({ place }: { place: Place }): JSX.Element {
  const t = useTexts();
  const { cards } = useWallet();
  useEffect(() => {
    ensureCards().catch(() => undefined); // the page says what it has
  }, []);
  const card = cards?.find(({ card_id }) => card_id === place.params['id']);
  return (
    <Page title={t.cards.title} back="/">
      {cards === null && <Loading />}
      {cards !== null && card === undefined && <Notice kind="warning">{t.notFoundHint}</Notice>}
      {card !== undefined && <CardDetails card={card} />}
    </Page>
  );
}

function CardDetails({ card }: { card: Card }): JSX.Element {
  const t = useTexts();
  const { balances, lang, isHidden } = useWallet();
  const nameOf = useCardName();
  const [alias, setAlias] = useState(card.alias);
  const deed = useDeed();
  const balance = balances.get(card.card_id);
  const money = (amount: Parameters<typeof showYuan>[0]): string => (isHidden ? '••••••' : showYuan(amount));

  const change = (body: { alias: string } | { is_default: true }): void =>
    void deed.run(async () => {
      await call('PATCH /api/cards/:id', { params: { id: card.card_id }, body });
      await loadCards();
      say(t.saved);
    });
  const unbind = (): void =>
    void deed.run(async () => {
      const proof = await prove({
        act: { kind: 'unbind_card', subject: card.card_id, detail: null },
        title: t.cards.unbind,
        amount: null,
        says: t.cards.unbindSays(nameOf(card)),
      });
      if (proof === null) return;
      await call('DELETE /api/cards/:id', { params: { id: card.card_id }, body: { proof: proof.token ?? null } });
      say(t.cards.unbound);
      goBack('/');
      await loadCards();
    });
  return (
    <>
      <CardFace card={card} balance={balance} />
      <div class="panel">
        <Facts
          rows={[
            balance?.available == null
              ? null
              : [isDebit(card) ? t.cards.available : t.cards.creditLeft, money(balance.available)],
            balance?.bill == null ? null : [t.repay.bill, money(balance.bill.amount)],
            balance?.bill == null ? null : [t.repay.minimum, money(balance.bill.minimum)],
            balance?.bill == null
              ? null
              : [
                  t.repay.dueDay,
                  `${showDay(balance.bill.due_day, lang)} · ${t.repay.dueIn(daysUntil(balance.bill.due_day))}`,
                ],
            balance === undefined ? null : [t.balances.at, showMoment(balance.at, lang)],
            [t.cards.boundAt, showDay(card.bound_at, lang)],
          ]}
        />
      </div>
      <div class="two-buttons">
        {isDebit(card) ? (
          <A href={`/transfer?from=${card.card_id}`} class="button button-primary">
            {t.actions.transfer}
          </A>
        ) : (
          <A href={`/repay?card=${card.card_id}`} class="button button-primary">
            {t.actions.repay}
          </A>
        )}
        <A href={`/history?card=${card.card_id}`} class="button button-soft">
          {t.history.title}
        </A>
      </div>
      <form
        class="form panel"
        onSubmit={(event) => {
          event.preventDefault();
          change({ alias: alias.trim() });
        }}
      >
        <Field
          label={t.cards.alias}
          name="alias"
          value={alias}
          onInput={setAlias}
          maxLength={20}
          hint={t.cards.aliasHint}
        />
        <Button type="submit" kind="soft" isBusy={deed.isBusy} isOff={alias.trim() === card.alias}>
          {t.save}
        </Button>
      </form>
      {deed.error !== null && <Notice kind="error">{sayProblem(deed.error, lang)}</Notice>}
      <div class="panel">
        {card.is_default ? (
          <Row icon="check" title={t.cards.isDefault} hint={t.cards.isDefaultHint} />
        ) : (
          <Row
            icon="check"
            title={t.cards.makeDefault}
            hint={t.cards.isDefaultHint}
            onClick={() => change({ is_default: true })}
          />
        )}
        <Row icon="limits" title={t.limits.title} href={`/limits?card=${card.card_id}`} />
      </div>
      <Button kind="danger" isOff={deed.isBusy} onClick={unbind}>
        {t.cards.unbind}
      </Button>
    </>
  );
}
