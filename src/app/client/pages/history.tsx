import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Lang, Move } from '../../api.ts';
import { call } from '../call.ts';
import { dayOf, recentMonths, showDay, showMonth, showTime, today } from '../dates.ts';
import { fenOf, showYuan } from '../money.ts';
import { sayProblem } from '../problem.ts';
import type { Place } from '../router.ts';
import { useTexts } from '../texts/use-texts.ts';
import { useCardName } from '../ui/cards.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { A, Button, Field, Loading, Notice, Page } from '../ui/parts.tsx';
import { hasEnded } from '../ui/move-result.tsx';
import { Select } from '../ui/select.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { useDeed } from '../use-load.ts';
import { loadCards, useWallet } from '../wallet-state.ts';

const SEARCH_PAUSE_MS = 350;
const KINDS = ['transfer', 'repayment', 'purchase', 'refund'] as const;
const ICONS = {
  transfer: 'transfer',
  repayment: 'repay',
  purchase: 'shop',
  refund: 'refund',
} as const satisfies Record<Move['kind'], IconName>;

interface Filter {
  text: string;
  kind: string;
  card: string;
  month: string;
}

/** Every move, found by words, kind, card and month, and written out for other programs. */
export function HistoryPage({ place }: { place: Place }): JSX.Element {
  const t = useTexts();
  const { cards, lang } = useWallet();
  const nameOf = useCardName();
  const [filter, setFilter] = useState<Filter>({ text: '', kind: '', card: place.query.get('card') ?? '', month: '' });
  const [isExporting, setExporting] = useState(false);
  const { moves, next, more, isBusy, error } = useHistory(filter);
  useEffect(() => {
    loadCards().catch(() => undefined); // only the choice of cards lacks them
  }, []);
  const change = (part: Partial<Filter>): void => setFilter({ ...filter, ...part });
  return (
    <Page
      title={t.history.title}
      action={
        <button type="button" class="icon-button" aria-label={t.history.export} onClick={() => setExporting(true)}>
          <Icon name="save" />
        </button>
      }
    >
      <div class="panel filters">
        <Field
          label={t.history.search}
          name="search"
          type="search"
          value={filter.text}
          onInput={(text) => change({ text })}
          maxLength={50}
          placeholder={t.history.searchHint}
        />
        <div class="filters-row">
          <Select
            label={t.history.kind}
            value={filter.kind}
            onChange={(kind) => change({ kind })}
            options={[['', t.history.allKinds], ...KINDS.map((kind) => [kind, t.move.kinds[kind]] as const)]}
          />
          <Select
            label={t.history.card}
            value={filter.card}
            onChange={(card) => change({ card })}
            options={[['', t.history.allCards], ...(cards ?? []).map((card) => [card.card_id, nameOf(card)] as const)]}
          />
          <Select
            label={t.history.month}
            value={filter.month}
            onChange={(month) => change({ month })}
            options={[
              ['', t.history.allMonths],
              ...recentMonths(13).map((month) => [month, showMonth(month, lang)] as const),
            ]}
          />
        </div>
      </div>
      {error !== null && <Notice kind="error">{sayProblem(error, lang)}</Notice>}
      {moves === null && error === null && <Loading lines={5} />}
      {moves?.length === 0 && <p class="empty muted">{t.history.none}</p>}
      {groupByDay(moves ?? []).map(([day, ofDay]) => (
        <section key={day} aria-labelledby={`day-${day}`}>
          <h2 class="day" id={`day-${day}`}>
            {day === today() ? t.history.today : showDay(day, lang)}
          </h2>
          <div class="panel">
            {ofDay.map((move) => (
              <MoveRow key={move.move_id} move={move} lang={lang} />
            ))}
          </div>
        </section>
      ))}
      {next !== null && (
        <Button kind="soft" isBusy={isBusy} onClick={more}>
          {t.history.more}
        </Button>
      )}
      {isExporting && <ExportSheet card={filter.card} onClose={() => setExporting(false)} />}
    </Page>
  );
}

function useHistory(filter: Filter): {
  moves: readonly Move[] | null;
  next: string | null;
  more: () => void;
  isBusy: boolean;
  error: unknown;
} {
  const [page, setPage] = useState<{ moves: readonly Move[]; next: string | null } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const deed = useDeed();
  const query = {
    ...(filter.text.trim() === '' ? {} : { text: filter.text.trim() }),
    ...(filter.kind === '' ? {} : { kind: filter.kind }),
    ...(filter.card === '' ? {} : { card_id: filter.card }),
    ...(filter.month === '' ? {} : { month: filter.month }),
  };
  const key = JSON.stringify(query);
  useEffect(() => {
    let isOver = false;
    setPage(null);
    setError(null);
    const timer = setTimeout(
      () => {
        call('GET /api/history', { query }).then(
          ({ data, next_cursor }) => isOver || setPage({ moves: data, next: next_cursor }),
          (problem: unknown) => isOver || setError(problem),
        );
      },
      filter.text === '' ? 0 : SEARCH_PAUSE_MS,
    );
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [key]);
  const more = (): void =>
    void deed.run(async () => {
      if (page === null || page.next === null) return;
      const { data, next_cursor } = await call('GET /api/history', { query: { ...query, cursor: page.next } });
      setPage({ moves: [...page.moves, ...data], next: next_cursor });
    });
  return {
    moves: page?.moves ?? null,
    next: page?.next ?? null,
    more,
    isBusy: deed.isBusy,
    error: error ?? deed.error,
  };
}

function groupByDay(moves: readonly Move[]): [string, Move[]][] {
  const days = new Map<string, Move[]>();
  for (const move of moves) {
    const day = dayOf(new Date(move.created_at));
    days.set(day, [...(days.get(day) ?? []), move]);
  }
  return [...days];
}

function MoveRow({ move, lang }: { move: Move; lang: Lang }): JSX.Element {
  const t = useTexts();
  const isIn = fenOf(move.amount) > 0n;
  const isOff = move.state === 'failed' || move.state === 'canceled';
  return (
    <A href={`/history/${move.move_id}`} class="row">
      <span class={`row-icon kind-${move.kind}`}>
        <Icon name={ICONS[move.kind]} size={22} />
      </span>
      <span class="row-words">
        <span class="row-title">{titleOf(move, t, lang)}</span>
        <span class="row-hint">
          {showTime(move.created_at)}
          {move.note === '' ? '' : ` · ${move.note}`}
          {move.state !== 'succeeded' && (
            <span class={`state state-${move.state}`}> · {t.move.states[move.state]}</span>
          )}
        </span>
      </span>
      <span class={isOff ? 'row-money row-money-off' : isIn ? 'row-money good' : 'row-money'}>
        {isIn ? '+' : ''}
        {showYuan(move.amount)}
      </span>
      {!hasEnded(move) && <span class="live-dot" aria-hidden="true" />}
    </A>
  );
}

/** `转账给 **丰`, `招商银行 信用卡还款`, the shop's name. */
export function titleOf(move: Move, t: ReturnType<typeof useTexts>, lang: Lang): string {
  if (move.shop_name !== null) return move.kind === 'refund' ? t.move.refundFrom(move.shop_name) : move.shop_name;
  if (move.to === null) return t.move.kinds[move.kind];
  if (move.kind === 'repayment') return t.move.repaid(`${move.to.bank_name[lang]} (${move.to.last4})`);
  return t.move.sentTo(move.to.name_masked);
}

const FORMATS = ['csv', 'ofx', 'beancount'] as const;

function ExportSheet({ card, onClose }: { card: string; onClose: () => void }): JSX.Element {
  const t = useTexts();
  const [format, setFormat] = useState<(typeof FORMATS)[number]>('csv');
  const [range, setRange] = useState({ from: `${today().slice(0, 7)}-01`, to: today() });
  const query = new URLSearchParams({ format, ...range, ...(card === '' ? {} : { card_id: card }) });
  const isGood = range.from !== '' && range.to !== '' && range.from <= range.to;
  return (
    <Sheet title={t.history.export} onClose={onClose}>
      <div class="form">
        <fieldset class="segments">
          <legend>{t.history.format}</legend>
          <div class="segments-row">
            {FORMATS.map((name) => (
              <label key={name} class="segment">
                <input type="radio" name="format" checked={format === name} onChange={() => setFormat(name)} />
                <span>{name === 'beancount' ? 'Beancount' : name.toUpperCase()}</span>
              </label>
            ))}
          </div>
          <p class="fine">{t.history.formats[format]}</p>
        </fieldset>
        <div class="filters-row">
          <Field
            label={t.history.from}
            name="from"
            type="date"
            value={range.from}
            onInput={(from) => setRange({ ...range, from })}
          />
          <Field
            label={t.history.to}
            name="to"
            type="date"
            value={range.to}
            onInput={(to) => setRange({ ...range, to })}
          />
        </div>
        {isGood ? (
          <a
            class="button button-primary"
            href={`/api/history/export?${query}`}
            download={`hutong-${range.from}-${range.to}.${format}`}
            data-testid="export"
            onClick={() => setTimeout(onClose)}
          >
            <Icon name="save" size={20} /> <span>{t.history.save}</span>
          </a>
        ) : (
          <Notice kind="warning">{t.history.badRange}</Notice>
        )}
      </div>
    </Sheet>
  );
}
