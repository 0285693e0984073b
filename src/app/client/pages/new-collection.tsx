import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { call } from '../call.ts';
import { readTyped, showYuan, toAmount } from '../money.ts';
import { sayProblem } from '../problem.ts';
import { go } from '../router.ts';
import { useTexts } from '../texts/use-texts.ts';
import { AmountEntry } from '../ui/amount-entry.tsx';
import { Button, Field, Notice, Page } from '../ui/parts.tsx';
import { useDeed } from '../use-load.ts';
import { useWallet } from '../wallet-state.ts';

const PEOPLE_MAX = 100;
const TITLE_CHARS_MAX = 40;
const WAYS = ['total', 'each'] as const;

/** What for, how much and from how many; then the link to share. */
export function NewCollectionPage(): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const [title, setTitle] = useState('');
  const [way, setWay] = useState<(typeof WAYS)[number]>('total');
  const [people, setPeople] = useState('2');
  const [until, setUntil] = useState('');
  const [text, setText] = useState('');
  const deed = useDeed();
  const fen = readTyped(text);
  const count = /^\d{1,3}$/.test(people) ? Number(people) : 0;
  const isCount = count >= 1 && count <= PEOPLE_MAX;
  const make = (): void =>
    void deed.run(async () => {
      if (fen === null || !isCount) return;
      const body = {
        title: title.trim(),
        each: way === 'each' ? toAmount(fen) : null,
        total: way === 'total' ? toAmount(fen) : null,
        people: count,
        // Until the end of that day where the banks are.
        until: until === '' ? null : new Date(`${until}T23:59:59+08:00`).toISOString(),
      };
      const made = await call('POST /api/collections', { body }, { intent: `collect-new:${JSON.stringify(body)}` });
      go(`/collections/${made.collection_id}`, { isReplacing: true });
    });
  return (
    <Page title={t.collect.start} back="/collect">
      <div class="panel form">
        <Field
          label={t.collect.what}
          name="title"
          value={title}
          onInput={setTitle}
          maxLength={TITLE_CHARS_MAX}
          placeholder={t.collect.whatHint}
        />
        <fieldset class="segments">
          <legend>{t.collect.split}</legend>
          <div class="segments-row">
            {WAYS.map((each) => (
              <label key={each} class="segment">
                <input type="radio" name="way" checked={way === each} onChange={() => setWay(each)} />
                <span>{t.collect.ways[each]}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <Field
          label={t.collect.people}
          name="people"
          value={people}
          onInput={setPeople}
          inputMode="numeric"
          maxLength={3}
          error={isCount ? null : t.collect.peopleWrong(PEOPLE_MAX)}
        />
        <Field label={t.collect.until} name="until" type="date" value={until} onInput={setUntil} />
      </div>
      <AmountEntry
        text={text}
        onText={setText}
        below={
          <p class="fine collect-sum">
            {t.collect.amountOf[way]}
            {fen !== null &&
              isCount &&
              ` · ${way === 'total' ? t.collect.eachPays(showYuan(fen / BigInt(count))) : t.collect.ofTotal(showYuan(fen * BigInt(count)))}`}
          </p>
        }
      />
      {deed.error !== null && <Notice kind="error">{sayProblem(deed.error, lang)}</Notice>}
      <Button
        isBusy={deed.isBusy}
        isOff={fen === null || !isCount || title.trim() === '' || (way === 'total' && fen < BigInt(count))}
        onClick={make}
        testId="make"
      >
        {t.collect.make}
      </Button>
    </Page>
  );
}
