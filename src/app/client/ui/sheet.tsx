import type { ComponentChildren, JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { useTexts } from '../texts/use-texts.ts';
import { Icon } from './icons.tsx';

/** A panel from below (in the middle on wide screens) that has to be answered or closed; the browser keeps the focus in it. */
export function Sheet(props: { title: string; onClose: () => void; children: ComponentChildren }): JSX.Element {
  const t = useTexts();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  // Before painting: what is typed right after the tap that opened the sheet goes into the sheet.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    heading.current?.focus(); // a screen reader begins with what the sheet is about
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) props.onClose();
      }}
    >
      <div class="sheet-body">
        <header class="sheet-top">
          <button type="button" class="icon-button" onClick={props.onClose} aria-label={t.close}>
            <Icon name="close" />
          </button>
          <h2 id={id} ref={heading} tabIndex={-1}>
            {props.title}
          </h2>
          <span class="page-top-side" />
        </header>
        {props.children}
      </div>
    </dialog>
  );
}
