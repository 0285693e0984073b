import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Move } from '../../api.ts';
import { call } from '../call.ts';
import { showMoment } from '../dates.ts';
import { fenOf, showYuan } from '../money.ts';
import { useTexts } from '../texts/use-texts.ts';
import { askBalances, moneyMoved, useWallet } from '../wallet-state.ts';
import { useCardName } from './cards.tsx';
import { ResultSign } from './icons.tsx';
import { A, Facts } from './parts.tsx';

/** Asked quickly at first, then with longer pauses, for as long as the page is open. */
const ASK_PAUSES_MS = [800, 1_200, 2_000, 3_000, 5_000, 8_000];

export function hasEnded(move: Move): boolean {
  return move.state === 'succeeded' || move.state === 'failed' || move.state === 'canceled';
}

/** Follows moves until each has ended; what cannot be asked right now stays as it was last known. */
export function useMoves(first: readonly Move[]): readonly Move[] {
  const [moves, setMoves] = useState(first);
  useEffect(() => setMoves(first), [first]);
  useEffect(() => {
    let tries = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let known = first;
    let isOver = false;
    const askAgain = async (): Promise<void> => {
      known = await Promise.all(
        known.map(async (move) =>
          hasEnded(move) || move.state === 'scheduled'
            ? move
            : await call('GET /api/transfers/:id', { params: { id: move.move_id } }).catch(() => move),
        ),
      );
      if (isOver) return;
      setMoves(known);
      if (known.every((move) => hasEnded(move) || move.state === 'scheduled')) {
        moneyMoved();
        askBalances(true).catch(() => undefined); // the home page asks again by itself
        return;
      }
      tries += 1;
      timer = setTimeout(() => void askAgain(), ASK_PAUSES_MS[Math.min(tries, ASK_PAUSES_MS.length - 1)]);
    };
    timer = setTimeout(() => void askAgain(), ASK_PAUSES_MS[0]);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [first]);
  return moves;
}

type Outcome = 'done' | 'scheduled' | 'waiting' | 'failed' | 'partly' | 'canceled';

/** Several parts are one transfer to the person: done when all are, failed when none came through. */
export function outcomeOf(moves: readonly Move[]): Outcome {
  if (moves.some((move) => !hasEnded(move) && move.state !== 'scheduled')) return 'waiting';
  if (moves.every((move) => move.state === 'succeeded')) return 'done';
  if (moves.every((move) => move.state === 'canceled')) return 'canceled';
  if (moves.some((move) => move.state === 'scheduled')) return 'scheduled';
  return moves.some((move) => move.state === 'succeeded') ? 'partly' : 'failed';
}

const SIGNS = {
  done: 'done',
  scheduled: 'waiting',
  waiting: 'waiting',
  failed: 'failed',
  partly: 'failed',
  canceled: 'closed',
} as const satisfies Record<Outcome, 'done' | 'waiting' | 'failed' | 'closed'>;

/** How it went, live. What is not known yet is said to be not known. */
export function MoveResult(props: { moves: readonly Move[]; isRepayment: boolean }): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const moves = useMoves(props.moves);
  const outcome = outcomeOf(moves);
  const total = moves.reduce((sum, { amount }) => sum + abs(fenOf(amount)), 0n);
  const words = (props.isRepayment ? t.result.repayment : t.result.transfer)[outcome];
  return (
    <div class="result" data-testid="result" data-state={outcome}>
      <ResultSign kind={SIGNS[outcome]} />
      <div role="status">
        <h2>{words}</h2>
      </div>
      <p class="result-amount">{showYuan(total)}</p>
      {outcome === 'waiting' && <p class="result-hint">{t.result.waitingHint}</p>}
      {moves.map((move) => (
        <MoveFacts
          key={move.move_id}
          move={move}
          isOne={moves.length === 1}
          explains={outcome !== 'done'}
          lang={lang}
        />
      ))}
      <div class="two-buttons">
        <A href="/" class="button button-primary">
          {t.done}
        </A>
        {moves[0] !== undefined && (
          <A href={`/history/${moves[0].move_id}`} class="button button-soft">
            {t.result.receipt}
          </A>
        )}
      </div>
    </div>
  );
}

function MoveFacts(props: { move: Move; isOne: boolean; explains: boolean; lang: 'zh-CN' | 'en' }): JSX.Element {
  const t = useTexts();
  const nameOf = useCardName();
  const { move } = props;
  return (
    <div class="panel">
      {props.explains && <p class={`state state-${move.state}`}>{move.explanation[props.lang]}</p>}
      <Facts
        rows={[
          props.isOne ? null : [t.amount, showYuan(abs(fenOf(move.amount)))],
          move.to === null ? null : [t.quote.payee, `${move.to.name_masked} · ${nameOf(move.to)}`],
          move.from === null ? null : [t.quote.from, nameOf(move.from)],
          move.state === 'scheduled' && move.due_at !== null
            ? [t.quote.arrives, showMoment(move.due_at, props.lang)]
            : null,
          move.failure === null ? null : [t.move.why, t.failureOf(move.failure)],
          move.receipt_no === null ? null : [t.move.receiptNo, <span class="mono">{move.receipt_no}</span>],
        ]}
      />
    </div>
  );
}

export function abs(fen: bigint): bigint {
  return fen < 0n ? -fen : fen;
}
