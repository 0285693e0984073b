import { describe, expect, test } from 'vitest';
import { cashierViews } from '../../test/browser/cashier-views.ts';
import { cashierVersion, showCashierState, type CashierView } from './cashier-view.ts';

describe('the state that the page asks for', () => {
  test('a change in what is shown changes the version, the passing of time and the language do not', () => {
    const view = viewNamed('requires-action');
    const version = cashierVersion(view);
    expect(cashierVersion({ ...view, now: '2026-11-23T05:00:00.000Z', lang: 'en' })).toBe(version);
    expect(cashierVersion({ ...view, state: 'processing' })).not.toBe(version);
    expect(cashierVersion({ ...view, refunded: { text: '¥1.00' } })).not.toBe(version);
    expect(cashierVersion({ ...view, attempt: viewNamed('unknown').attempt })).not.toBe(version);
  });

  test('tells the time left by the server, never below zero', () => {
    expect(showCashierState(viewNamed('choose'))).toMatchObject({ expires_in_ms: 882_000, final: false });
    expect(showCashierState({ ...viewNamed('choose'), now: '2027-01-01T00:00:00.000Z' }).expires_in_ms).toBe(0);
  });

  test.each([
    ['choose', false],
    ['requires-action', false],
    ['processing', false],
    ['succeeded', true],
    ['canceled', true],
  ])('%s is final: %s', (name, final) => {
    expect(showCashierState(viewNamed(name)).final).toBe(final);
  });
});

function viewNamed(name: string): CashierView {
  const view = cashierViews[name];
  if (view === undefined) throw new Error(`no view ${name}`);
  return view;
}
