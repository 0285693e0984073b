import type { JSX } from 'preact';
import { useTexts } from '../texts/use-texts.ts';
import { useWallet } from '../wallet-state.ts';
import { Field } from './parts.tsx';

export interface Holder {
  name: string;
  idNumber: string;
}

/** Who holds the card: asked once; from the second card on it is the same person. */
export function HolderFields(props: { value: Holder; onInput: (part: Partial<Holder>) => void }): JSX.Element {
  const t = useTexts();
  const { me } = useWallet();
  if (me?.name_masked) return <p class="muted">{t.bind.sameHolder(me.name_masked)}</p>;
  return (
    <>
      <Field
        label={t.bind.name}
        name="name"
        value={props.value.name}
        onInput={(name) => props.onInput({ name })}
        autoComplete="name"
        maxLength={50}
        required
      />
      <Field
        label={t.bind.idNumber}
        name="id-number"
        value={props.value.idNumber}
        onInput={(idNumber) => props.onInput({ idNumber })}
        autoComplete="off"
        maxLength={18}
        required
      />
    </>
  );
}

/** As the server takes it: nothing where it knows the person already. */
export function sentHolder(holder: Holder, isKnown: boolean): { name: string | null; id_number: string | null } {
  return isKnown
    ? { name: null, id_number: null }
    : { name: holder.name.trim(), id_number: holder.idNumber.trim().toUpperCase() };
}
