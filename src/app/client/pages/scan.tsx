import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { call } from '../call.ts';
import { handPayee } from '../handed-payee.ts';
import { sayProblem } from '../problem.ts';
import { readPicture, startCamera } from '../read-code.ts';
import { go, type Place } from '../router.ts';
import { useTexts } from '../texts/use-texts.ts';
import { Icon } from '../ui/icons.tsx';
import { Button, Field, Loading, Notice, Page } from '../ui/parts.tsx';
import { useDeed } from '../use-load.ts';
import { useWallet } from '../wallet-state.ts';

/** Any code by camera, picture or text: a shop's order is paid, a person's code begins a transfer. Also where `/t/…` links lead. */
export function ScanPage({ place }: { place: Place }): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const deed = useDeed();
  const [isUnknown, setUnknown] = useState(false);
  const [text, setText] = useState('');
  const isLink = place.pattern === '/t/:code';

  const take = (read: string): void =>
    void deed.run(async () => {
      setUnknown(false);
      const found = await call('POST /api/scans', { body: { text: read } });
      if (found.kind === 'order') go(`/pay/${found.token}`, { isReplacing: true });
      else if (found.kind === 'person') {
        handPayee(found);
        go('/transfer', { isReplacing: true });
      } else setUnknown(true);
    });
  useEffect(() => {
    if (isLink) take(location.origin + location.pathname);
  }, []);
  const pick = (file: File | undefined): void =>
    void deed.run(async () => {
      if (file === undefined) return;
      const read = await readPicture(file);
      if (read === null) setUnknown(true);
      else setTimeout(() => take(read));
    });
  return (
    <Page title={t.scan.title} back="/">
      {isLink && deed.isBusy ? <Loading /> : <Camera isOn={!deed.isBusy} onRead={take} />}
      {isUnknown && <Notice kind="warning">{t.scan.unknown}</Notice>}
      {deed.error !== null && <Notice kind="error">{sayProblem(deed.error, lang)}</Notice>}
      <label class="button button-soft picture-button">
        <Icon name="picture" size={20} />
        <span>{t.scan.picture}</span>
        <input type="file" accept="image/*" onChange={(event) => pick(event.currentTarget.files?.[0])} />
      </label>
      <form
        class="form panel"
        onSubmit={(event) => {
          event.preventDefault();
          take(text.trim());
        }}
      >
        <Field
          label={t.scan.paste}
          name="code-text"
          value={text}
          onInput={setText}
          maxLength={1000}
          autoComplete="off"
        />
        <Button type="submit" kind="soft" isBusy={deed.isBusy} isOff={text.trim() === ''}>
          {t.scan.open}
        </Button>
      </form>
    </Page>
  );
}

function Camera({ isOn, onRead }: { isOn: boolean; onRead: (text: string) => void }): JSX.Element {
  const t = useTexts();
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<'starting' | 'on' | 'refused'>('starting');
  const latest = useRef(onRead);
  latest.current = onRead;
  useEffect(() => {
    const element = video.current;
    if (!isOn || element === null) return undefined;
    let stop: (() => void) | null = null;
    let isOver = false;
    const start = async (): Promise<void> => {
      stop = await startCamera(element, (text) => latest.current(text));
      if (isOver) stop();
      else setState('on');
    };
    start().catch(() => setState('refused'));
    return () => {
      isOver = true;
      stop?.();
    };
  }, [isOn]);
  return (
    <div class={state === 'refused' ? 'camera camera-off' : 'camera'}>
      <video ref={video} muted playsInline aria-label={t.scan.camera} />
      {state === 'refused' ? (
        <p class="camera-words">{t.scan.noCamera}</p>
      ) : (
        <>
          <span class="camera-frame" aria-hidden="true" />
          <p class="camera-words">{t.scan.hint}</p>
        </>
      )}
    </div>
  );
}
