import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Move } from '../../api.ts';
import { call } from '../call.ts';
import { showMoment } from '../dates.ts';
import { fenOf, showYuan } from '../money.ts';
import { sayProblem } from '../problem.ts';
import type { Place } from '../router.ts';
import { useTexts } from '../texts/use-texts.ts';
import { say } from '../toast.tsx';
import { useCardName } from '../ui/cards.tsx';
import { useMoves } from '../ui/move-result.tsx';
import { Button, Facts, Loading, Notice, Page } from '../ui/parts.tsx';
import { useDeed, useLoad } from '../use-load.ts';
import { moneyMoved, useWallet } from '../wallet-state.ts';
import { titleOf } from './history.tsx';

/** One move with its receipt, live until it ends; a planned one can be taken back here. */
export function MovePage({ place }: { place: Place }): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const id = place.params['id'] ?? '';
  const { value, error } = useLoad(() => call('GET /api/transfers/:id', { params: { id } }), id);
  return (
    <Page title={t.move.title} back="/history">
      {value === null && error === null && <Loading />}
      {error !== null && <Notice kind="error">{sayProblem(error, lang)}</Notice>}
      {value !== null && <LiveMove first={value} />}
    </Page>
  );
}

function LiveMove({ first }: { first: Move }): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const nameOf = useCardName();
  const [known, setKnown] = useState<readonly Move[]>(() => [first]);
  const move = useMoves(known)[0] ?? first;
  const deed = useDeed();
  useEffect(() => {
    if (move.state === 'succeeded') moneyMoved();
  }, [move.state]);
  const cancel = (): void =>
    void deed.run(async () => {
      const canceled = await call('POST /api/transfers/:id/cancel', { params: { id: move.move_id }, body: {} });
      setKnown([canceled]);
      say(t.move.canceled);
    });
  return (
    <>
      <section class="panel move-head" data-testid="move" data-state={move.state}>
        <p class="muted">{titleOf(move, t, lang)}</p>
        <p class="move-amount">
          {fenOf(move.amount) > 0n ? '+' : ''}
          {showYuan(move.amount)}
        </p>
        <p class={`state state-${move.state}`} role="status">
          {t.move.states[move.state]}
        </p>
        <p class="move-why">{move.explanation[lang]}</p>
      </section>
      <div class="panel">
        <Facts
          rows={[
            [t.history.kind, t.move.kinds[move.kind]],
            move.from === null ? null : [t.quote.from, nameOf(move.from)],
            move.to === null ? null : [t.quote.payee, `${move.to.name_masked} · ${nameOf(move.to)}`],
            move.shop_name === null ? null : [t.move.shop, move.shop_name],
            [t.quote.fee, move.fee.minor === '0' ? t.quote.free : showYuan(move.fee)],
            [t.move.createdAt, showMoment(move.created_at, lang)],
            move.due_at === null ? null : [t.quote.arrives, showMoment(move.due_at, lang)],
            move.ended_at === null ? null : [t.move.endedAt, showMoment(move.ended_at, lang)],
            move.note === '' ? null : [t.transfer.note, move.note],
            move.failure === null ? null : [t.move.why, t.failureOf(move.failure)],
            move.receipt_no === null ? null : [t.move.receiptNo, <span class="mono">{move.receipt_no}</span>],
            [t.move.number, <span class="mono small">{move.move_id}</span>],
          ]}
        />
      </div>
      {deed.error !== null && <Notice kind="error">{sayProblem(deed.error, lang)}</Notice>}
      {move.can_cancel && (
        <Button kind="danger" isBusy={deed.isBusy} onClick={cancel}>
          {t.move.cancel}
        </Button>
      )}
    </>
  );
}
