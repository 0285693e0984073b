import type { PastedPlace } from './open-pasted.ts';
import type { PastedText } from './pasted-text.ts';

/** A pasted text as the API shows it. */
export interface ShownPasted {
  object: 'link_text';
  /** What there is to do with it; a deferred code is only named, never claimed. */
  place: 'link' | 'deferral' | 'no_link' | 'foreign' | 'mistyped' | 'nothing';
  kind: PastedText['kind'];
  app: PastedText['app'];
  token: string | null;
  url: string | null;
  title: string | null;
  share_code: string | null;
  format: string | null;
  confidence: PastedText['confidence'];
  warnings: PastedText['warnings'];
  host: { shown: string; looks_like: string | null; suspicious: boolean; warnings: readonly string[] } | null;
  open: { name_zh: string; name_en: string; scheme: string; android_package: string } | null;
  /** What the app is handed by the clipboard. */
  copy: string | null;
  link: { code: string; url: string; title: string; owner_name: string; state: string } | null;
}

export function showPasted(place: PastedPlace): ShownPasted {
  const { read } = place;
  const { app, host, copy } = place.kind === 'foreign' ? place : { app: null, host: null, copy: null };
  return {
    object: 'link_text',
    place: namePlace(place.kind),
    kind: read.kind,
    app: read.app,
    token: read.token,
    url: urlOf(place),
    title: read.title,
    share_code: read.shareCode,
    format: read.formatId,
    confidence: read.confidence,
    warnings: read.warnings,
    host: host && {
      shown: host.shown,
      looks_like: host.looksLike,
      suspicious: host.isSuspicious,
      warnings: host.warnings,
    },
    open: app && {
      name_zh: app.name['zh-CN'],
      name_en: app.name.en,
      scheme: app.way.scheme,
      android_package: app.way.androidPackage,
    },
    copy,
    link: place.kind === 'link' ? showOwn(place) : null,
  };
}

/** Beside a code of ours may stand any address: what is told is the link's own, with what it says of how it came. */
function urlOf(place: PastedPlace): string | null {
  const { kind, url } = place.read;
  if (kind !== 'ours') return url;
  if (place.kind !== 'link') return null;
  const own = place.ready.url;
  return url === `${own}?via=text` ? url : own;
}

/** What only a person's own page answers is a deferral to everybody else. */
function namePlace(kind: PastedPlace['kind']): ShownPasted['place'] {
  return kind === 'deferred' || kind === 'spent' ? 'deferral' : kind;
}

/** What anybody sees who opens the link, and no more: it may be another merchant's. */
function showOwn({ ready, standing }: Extract<PastedPlace, { kind: 'link' }>): ShownPasted['link'] {
  const { code, title } = ready.link;
  return { code, url: ready.url, title, owner_name: ready.ownerName, state: standing };
}
