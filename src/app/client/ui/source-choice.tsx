import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Card } from '../../api.ts';
import { useTexts } from '../texts/use-texts.ts';
import { useCardName, CardPicker } from './cards.tsx';
import { Row } from './parts.tsx';
import { Sheet } from './sheet.tsx';

/** From which card; null leaves it to the planner, which keeps it free and within the limits, over several cards where it must. */
export function SourceChoice(props: {
  cards: readonly Card[];
  value: string | null;
  onChange: (cardId: string | null) => void;
}): JSX.Element {
  const t = useTexts();
  const nameOf = useCardName();
  const [isOpen, setOpen] = useState(false);
  const card = props.cards.find(({ card_id }) => card_id === props.value);
  return (
    <>
      <Row
        icon="card"
        title={t.transfer.from}
        value={card === undefined ? t.transfer.auto : nameOf(card)}
        onClick={() => setOpen(true)}
      />
      {isOpen && (
        <Sheet title={t.transfer.from} onClose={() => setOpen(false)}>
          <CardPicker
            legend={t.transfer.from}
            cards={props.cards}
            value={card?.card_id ?? null}
            other={{ title: t.transfer.auto, hint: t.transfer.autoHint }}
            onChange={(cardId) => {
              props.onChange(cardId);
              setOpen(false);
            }}
          />
        </Sheet>
      )}
    </>
  );
}
