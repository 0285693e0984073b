import type { LinkApp, ReadyLink } from '../link.ts';
import { type HostWarning, type JudgedHost, judgeHost, registrationFaultOf } from './host-words.ts';
import type { KeptBrakes } from './keep-brakes.ts';
import type { BrakeEffect, BrakeSubject, Warning } from './reports.ts';

const HOSTS_KEPT_MAX = 10_000;

/** Answers what is to be said before a link goes on; asked at every opening, so that the usual answer is a look into memory. */
export function createWarner(
  brakes: Pick<KeptBrakes, 'effectOf' | 'isEmpty' | 'revision'>,
): (ready: ReadyLink) => Warning | null {
  const judged = new Map<string, JudgedHost>();
  /** A link as it stands in memory is never changed, so the answer is good until a brake changes. */
  const answered = new WeakMap<ReadyLink, { revision: number; warning: Warning | null }>();

  function judge(host: string): JudgedHost {
    let known = judged.get(host);
    if (known === undefined) {
      if (judged.size === HOSTS_KEPT_MAX) judged.clear();
      known = judgeHost(host);
      judged.set(host, known);
    }
    return known;
  }

  function warn(ready: ReadyLink): Warning | null {
    const { link } = ready;
    const page = link.page === null ? null : new URL(link.page).host;
    const host = page === null ? null : judge(page);
    const shown = host?.shown ?? null;
    const effect = brakes.isEmpty() ? null : strongest(subjectsOf(ready, page).map((each) => brakes.effectOf(each)));
    if (effect !== null) return { kind: effect === 'block' ? 'blocked' : 'reported', host: shown, brand: null };
    const fault = host === null ? null : registrationFaultOf(host);
    return host === null || fault === null ? null : { kind: kindOf(fault), host: shown, brand: host.looksLike };
  }

  return (ready) => {
    const revision = brakes.revision();
    const known = answered.get(ready);
    if (known?.revision === revision) return known.warning;
    const warning = warn(ready);
    answered.set(ready, { revision, warning });
    return warning;
  };
}

/** Every host that a step may lead to is one, an app's and its store's as well as the page's. */
function subjectsOf({ link, apps }: ReadyLink, host: string | null): BrakeSubject[] {
  const subjects: BrakeSubject[] = [{ kind: 'link', id: link.id }];
  for (const id of new Set([host, ...apps.flatMap(hostsOfApp)])) if (id !== null) subjects.push({ kind: 'host', id });
  if (link.owner.kind === 'merchant') subjects.push({ kind: 'merchant', id: link.owner.merchantId });
  return subjects;
}

function strongest(effects: readonly (BrakeEffect | null)[]): BrakeEffect | null {
  return effects.includes('block') ? 'block' : effects.includes('warn') ? 'warn' : null;
}

function hostsOfApp({ settings }: LinkApp): (string | null)[] {
  if (settings.kind !== 'ios' && settings.kind !== 'android') return [];
  const store = settings.storeUrl === null ? null : new URL(settings.storeUrl).host;
  return [settings.kind === 'ios' ? settings.universalHost : settings.appLinkHost, store];
}

function kindOf(fault: HostWarning): Warning['kind'] {
  return fault === 'look_alike' ? 'look_alike' : 'mixed_scripts';
}
