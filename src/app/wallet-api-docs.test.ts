import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rootDir } from '../base/root.ts';
import { REFUSALS } from '../base/refusals.ts';
import { APP_PATHS } from './app-paths.ts';
import { listRows } from './test-rows.ts';

const page = readFileSync(join(rootDir, 'docs', 'reference', 'wallet-api.md'), 'utf8');
const lines = [...page.matchAll(/^\| `([A-Z]+ \/api\/[^`]+)` \|([^|]*)\|([^|]*)\|([^|]*)\|/gm)].map(
  ([, route = '', who = '', perMinute = '', what = '']) => ({
    route,
    who: who.trim(),
    perMinute: perMinute.trim(),
    what: what.trim(),
  }),
);

test('the page has every route once, in the order of the rows, with who may ask and how often', () => {
  expect(lines.map(({ route, who, perMinute }) => `${route} | ${who} | ${perMinute}`)).toEqual(
    listRows().map((row) => {
      const who = row.kind === 'anyone' ? 'anyone' : row.isKeyed ? 'session, key' : 'session';
      const perMinute = row.limit === undefined ? '' : `${row.limit.perMinuteMax} by ${row.limit.by}`;
      return `${row.route} | ${who} | ${perMinute}`;
    }),
  );
  expect(lines.filter(({ what }) => what === '')).toEqual([]);
});

test('every code that the page names is one of ours', () => {
  const codes = [...page.matchAll(/\(?`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code = '']) => code);
  const named = codes.filter((code) => /_(out|site|tries|missing|unsupported|found|required|invalid)$/.test(code));
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((code) => !Object.hasOwn(REFUSALS, code))).toEqual([]);
});

test('the page names every address of the app', () => {
  for (const path of APP_PATHS) expect(page).toContain(`\`${path}\``);
});
