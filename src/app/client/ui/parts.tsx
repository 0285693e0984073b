import type { ComponentChildren, JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { go, goBack } from '../router.ts';
import { useTexts } from '../texts/use-texts.ts';
import { Icon, type IconName } from './icons.tsx';

/** A link inside the app: a real address, opened without leaving the page. */
export function A(props: { href: string; class?: string; isHere?: boolean; children: ComponentChildren }): JSX.Element {
  const open = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(props.href);
  };
  return (
    <a href={props.href} class={props.class} aria-current={props.isHere === true ? 'page' : undefined} onClick={open}>
      {props.children}
    </a>
  );
}

/** The frame of a page: its heading takes the focus, so that a screen reader begins there. `back`: where to when nothing lies behind. */
export function Page(props: {
  title: string;
  back?: string;
  onBack?: () => void;
  action?: ComponentChildren;
  isWide?: boolean;
  children: ComponentChildren;
}): JSX.Element {
  const t = useTexts();
  const heading = useRef<HTMLHeadingElement>(null);
  // Before painting: once the page is seen its focus is no longer taken from where somebody has put it.
  useLayoutEffect(() => {
    document.title = `${props.title} · ${t.brand}`;
    heading.current?.focus({ preventScroll: true });
  }, [props.title, t]);
  const back = props.onBack ?? (props.back === undefined ? undefined : () => goBack(props.back ?? '/'));
  return (
    <div class={props.isWide === true ? 'page page-wide' : 'page'}>
      <header class="page-top">
        {back === undefined ? (
          <span class="page-top-side" />
        ) : (
          <button type="button" class="icon-button" onClick={back} aria-label={t.back}>
            <Icon name="back" />
          </button>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {props.title}
        </h1>
        <span class="page-top-side">{props.action}</span>
      </header>
      {props.children}
    </div>
  );
}

type ButtonKind = 'primary' | 'soft' | 'plain' | 'danger';

export function Button(props: {
  kind?: ButtonKind;
  type?: 'button' | 'submit';
  icon?: IconName;
  isBusy?: boolean;
  isOff?: boolean;
  testId?: string;
  onClick?: () => void;
  children: ComponentChildren;
}): JSX.Element {
  const isBusy = props.isBusy === true;
  return (
    <button
      type={props.type ?? 'button'}
      class={`button button-${props.kind ?? 'primary'}`}
      disabled={props.isOff === true || isBusy}
      aria-busy={isBusy}
      data-testid={props.testId}
      onClick={props.onClick}
    >
      {isBusy ? <span class="spinner" aria-hidden="true" /> : props.icon && <Icon name={props.icon} size={20} />}
      <span>{props.children}</span>
    </button>
  );
}

interface FieldProps {
  label: string;
  name: string;
  value: string;
  onInput: (value: string) => void;
  hint?: ComponentChildren;
  error?: string | null;
  after?: ComponentChildren;
  type?: 'text' | 'tel' | 'search' | 'date';
  inputMode?: 'numeric' | 'tel';
  autoComplete?: string;
  maxLength?: number;
  placeholder?: string;
  required?: boolean;
}

export function Field({ label, name, value, onInput, hint, error, after, type, ...input }: FieldProps): JSX.Element {
  const id = useId();
  const isWrong = error !== undefined && error !== null;
  const typed = { type: type ?? 'text' } as { type: 'text' }; // Preact's types want one literal; ours take the same attributes
  return (
    <div class={isWrong ? 'field field-wrong' : 'field'}>
      <label for={id}>{label}</label>
      <div class="field-row">
        <input
          {...input}
          {...typed}
          id={id}
          name={name}
          value={value}
          aria-invalid={isWrong}
          aria-describedby={hint !== undefined || isWrong ? `${id}-hint` : undefined}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        {after}
      </div>
      {(hint !== undefined || isWrong) && (
        <p id={`${id}-hint`} class={isWrong ? 'field-error' : 'field-hint'} role={isWrong ? 'alert' : undefined}>
          {isWrong ? error : hint}
        </p>
      )}
    </div>
  );
}

/** What went wrong, or what has to be known. Errors are read out at once. */
export function Notice(props: {
  kind: 'error' | 'warning' | 'info';
  children: ComponentChildren;
  action?: ComponentChildren;
}): JSX.Element {
  return (
    <div class={`notice notice-${props.kind}`} role={props.kind === 'error' ? 'alert' : 'status'}>
      <Icon name={props.kind === 'info' ? 'shield' : 'alert'} size={20} />
      <p>{props.children}</p>
      {props.action}
    </div>
  );
}

/** A line of a list that leads on or does something. */
export function Row(props: {
  icon?: IconName;
  title: ComponentChildren;
  hint?: ComponentChildren;
  value?: ComponentChildren;
  href?: string;
  onClick?: () => void;
}): JSX.Element {
  const inner = (
    <>
      {props.icon && (
        <span class="row-icon">
          <Icon name={props.icon} size={22} />
        </span>
      )}
      <span class="row-words">
        <span class="row-title">{props.title}</span>
        {props.hint !== undefined && <span class="row-hint">{props.hint}</span>}
      </span>
      {props.value !== undefined && <span class="row-value">{props.value}</span>}
    </>
  );
  if (props.href !== undefined)
    return (
      <A href={props.href} class="row">
        {inner}
        <Icon name="next" size={18} />
      </A>
    );
  if (props.onClick !== undefined)
    return (
      <button type="button" class="row" onClick={props.onClick}>
        {inner}
        <Icon name="next" size={18} />
      </button>
    );
  return <div class="row">{inner}</div>;
}

/** Grey bars where words will be. */
export function Loading({ lines = 3 }: { lines?: number }): JSX.Element {
  const t = useTexts();
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">{t.loading}</span>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} class="loading-bar" />
      ))}
    </div>
  );
}

export function Facts({ rows }: { rows: readonly (readonly [string, ComponentChildren] | null)[] }): JSX.Element {
  return (
    <dl class="facts">
      {rows.map(
        (row) =>
          row !== null && (
            <div key={row[0]}>
              <dt>{row[0]}</dt>
              <dd>{row[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
