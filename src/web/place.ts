import { appRow } from '../wallets/detect/apps.ts';
import { detectApp, type DetectedApp } from '../wallets/detect/detect-app.ts';
import type { Place } from './cashier-view.ts';
import { STAND_INS } from './stand-ins.ts';

/** Where a page is opened: what the browser says of itself, or in test mode what it stands in for. */
export interface Whereabouts {
  /** The user agent to go by. */
  userAgent: string;
  detected: DetectedApp;
  standsInFor: string | null;
}

/** `standIn` is null wherever real money moves. */
export function findWhereabouts(userAgent: string, standIn: string | null): Whereabouts {
  const row = STAND_INS.find((candidate) => candidate.name === standIn);
  if (row === undefined) return { userAgent, detected: detectApp(userAgent), standsInFor: null };
  return { userAgent: row.userAgent, detected: detectApp(row.userAgent), standsInFor: row.name };
}

export function toPlace({ detected, standsInFor }: Whereabouts): Place {
  const { zh, en } = appRow(detected.app);
  return {
    isPhone: detected.isPhone,
    isBrowser: detected.app === 'browser',
    app: detected.app === 'browser' || detected.app === 'other_app' ? null : { 'zh-CN': zh, en },
    standsInFor,
  };
}
