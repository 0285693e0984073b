import type { JSX } from 'preact';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import type { AppPath } from '../app-paths.ts';
import { call, whenSessionEnds } from './call.ts';
import { BindCardPage } from './pages/bind-card.tsx';
import { CardPage } from './pages/card.tsx';
import { CodePage } from './pages/code.tsx';
import { CollectPage } from './pages/collect.tsx';
import { CollectionPage, CollectionsPage } from './pages/collections.tsx';
import { NewCollectionPage } from './pages/new-collection.tsx';
import { HistoryPage } from './pages/history.tsx';
import { HomePage } from './pages/home.tsx';
import { LimitsPage } from './pages/limits.tsx';
import { MovePage } from './pages/move.tsx';
import { OneTapPage } from './pages/one-tap.tsx';
import { PayPage } from './pages/pay.tsx';
import { PinPage } from './pages/pin.tsx';
import { ReceivePage } from './pages/receive.tsx';
import { RepayPage } from './pages/repay.tsx';
import { ScanPage } from './pages/scan.tsx';
import { SecurityPage } from './pages/security.tsx';
import { SignInPage } from './pages/sign-in.tsx';
import { TransferPage } from './pages/transfer.tsx';
import { Problem, sayProblem } from './problem.ts';
import { ProveHost } from './prove.tsx';
import { go, usePlace, type Place } from './router.ts';
import { useTexts } from './texts/use-texts.ts';
import { ToastHost } from './toast.tsx';
import { Icon, type IconName } from './ui/icons.tsx';
import { A, Button, Loading, Notice, Page } from './ui/parts.tsx';
import { useDeed } from './use-load.ts';
import { change, signedIn, signedOut, useWallet } from './wallet-state.ts';

const TABS = [
  ['/', 'home', 'home'],
  ['/code', 'code', 'code'],
  ['/history', 'history', 'list'],
  ['/security', 'security', 'person'],
] as const satisfies readonly (readonly [string, string, IconName])[];

/** Browsers notice late, or never, that the network is back: the server is asked anew meanwhile. */
const ASK_AGAIN_MS = 4_000;

/** The whole app: who is signed in decides whether the page that was asked for is shown, or signing in first. */
export function App(): JSX.Element {
  const t = useTexts();
  const place = usePlace();
  const { me, lang, isOnline } = useWallet();
  const start = useDeed();
  const findOut = (): void => void start.run(learnWhoIsHere);
  useEffect(() => {
    whenSessionEnds(() => signedOut());
    findOut();
    const tell = (): void => change({ isOnline: navigator.onLine });
    window.addEventListener('online', tell);
    window.addEventListener('offline', tell);
    return () => {
      window.removeEventListener('online', tell);
      window.removeEventListener('offline', tell);
    };
  }, []);
  // Before painting: a page is never seen (or read out) in a language that it does not say it has, nor at an address that is not its own.
  useLayoutEffect(() => {
    document.documentElement.lang = lang;
  }, [lang]);
  useLayoutEffect(() => {
    const isOpen = place.pattern === '/sign-in';
    if (me === null && !isOpen) go(`/sign-in?next=${encodeURIComponent(place.href)}`, { isReplacing: true });
    if (me && isOpen) go(nextOf(place), { isReplacing: true });
  }, [me, place]);
  useEffect(() => {
    if (start.error === null) return undefined;
    const timer = setTimeout(findOut, ASK_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [start.error]);
  useEffect(() => {
    if (isOnline && me === undefined) findOut();
  }, [me, place, isOnline]);

  const hasTabs = me !== null && me !== undefined && TABS.some(([href]) => href === place.pattern);
  return (
    <div class={me ? 'frame' : 'frame frame-alone'}>
      <a class="skip" href="#main">
        {t.skip}
      </a>
      {!isOnline && (
        <p class="offline" role="status">
          {t.offline}
        </p>
      )}
      {me && <Tabs place={place} isBelow={hasTabs} />}
      <main id="main" class={hasTabs ? 'main main-tabs' : 'main'}>
        {me === undefined ? (
          start.error === null ? (
            <div class="start">
              <Loading />
            </div>
          ) : (
            <Page title={t.brand}>
              <Notice kind="error">{sayProblem(start.error, lang)}</Notice>
              <Button isBusy={start.isBusy} onClick={findOut}>
                {t.again}
              </Button>
            </Page>
          )
        ) : me === null ? (
          <SignInPage />
        ) : (
          <Shown place={place} />
        )}
      </main>
      <ProveHost />
      <ToastHost />
    </div>
  );
}

async function learnWhoIsHere(): Promise<void> {
  try {
    signedIn(await call('GET /api/me', {}));
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    signedOut();
  }
}

/** Only a path of this app: whoever signs in is never led elsewhere. */
function nextOf(place: Place): string {
  const next = place.query.get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : '/';
}

const PAGES: Record<AppPath, (props: { place: Place }) => JSX.Element> = {
  '/': HomePage,
  '/sign-in': HomePage,
  '/cards': HomePage,
  '/cards/add': BindCardPage,
  '/cards/one-tap': OneTapPage,
  '/cards/:id': CardPage,
  '/transfer': TransferPage,
  '/repay': RepayPage,
  '/pay/:token': PayPage,
  '/code': CodePage,
  '/scan': ScanPage,
  '/receive': ReceivePage,
  '/history': HistoryPage,
  '/history/:id': MovePage,
  '/limits': LimitsPage,
  '/security': SecurityPage,
  '/security/pin': PinPage,
  '/collect': CollectionsPage,
  '/collect/new': NewCollectionPage,
  '/collect/:code': CollectPage,
  '/collections/:id': CollectionPage,
  '/t/:code': ScanPage,
};

function Shown({ place }: { place: Place }): JSX.Element {
  const t = useTexts();
  if (place.pattern === null)
    return (
      <Page title={t.notFound} back="/">
        <p class="muted">{t.notFoundHint}</p>
        <A href="/" class="button button-primary">
          {t.tabs.home}
        </A>
      </Page>
    );
  const Wanted = PAGES[place.pattern];
  return <Wanted key={place.pattern + Object.values(place.params).join()} place={place} />;
}

function Tabs({ place, isBelow }: { place: Place; isBelow: boolean }): JSX.Element {
  const t = useTexts();
  return (
    <nav class={isBelow ? 'tabs' : 'tabs tabs-side-only'} aria-label={t.tabs.label}>
      <span class="tabs-brand" aria-hidden="true">
        {t.brand}
      </span>
      {TABS.map(([href, name, icon]) => (
        <A key={href} href={href} class="tab" isHere={place.pattern === href}>
          <Icon name={icon} />
          <span>{t.tabs[name]}</span>
        </A>
      ))}
    </nav>
  );
}
