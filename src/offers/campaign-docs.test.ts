import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rootDir } from '../base/root.ts';
import { campaignSchema } from './campaign.ts';
import type { NotUsedCode } from './offers.ts';
import { explainNotUsed } from './explain-offers.ts';
import { readCampaignFile } from './read-campaign-file.ts';
import { readCampaign } from './read-campaign.ts';
import { STAGES } from './stages.ts';

const page = (...path: string[]): string => readFileSync(join(rootDir, 'docs', ...path), 'utf8');
const campaigns = page('reference', 'campaign.md');
const offers = page('offers.md');

/** The names in the first column of the table under a heading. */
function firstColumn(text: string, heading: string): string[] {
  const [, section = ''] = text.split(`\n## ${heading}\n`);
  const rows = (section.split('\n## ', 1)[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

const { properties } = campaignSchema;

test.each<[string, object]>([
  ['Fields', properties],
  ['Who pays', properties.funders.items.properties],
  ['When', properties.when.properties],
  ['Conditions', properties.conditions.properties],
  ['Limits', properties.limits.properties],
  ['Stacking', properties.stacking.properties],
])('the page of campaigns tells every field under %s', (heading, fields) => {
  expect(firstColumn(campaigns, heading).toSorted()).toEqual(Object.keys(fields).toSorted());
});

test('the page of campaigns tells every kind', () => {
  expect(firstColumn(campaigns, 'Kinds').toSorted()).toEqual([...properties.kind.enum].toSorted());
});

test('the example of the page is a campaign', () => {
  const [, yaml = ''] = /```yaml\n([^`]+)```/.exec(campaigns) ?? [];
  expect(readCampaign(readCampaignFile(yaml).written).kind).toBe('campaign');
});

test('the page of offers tells the stages and every reason, each of which has its sentence', () => {
  const [, stages = ''] = offers.split('\n## The order in which offers are worked out\n');
  const told = [...(stages.split('\n## ', 1)[0] ?? '').matchAll(/^\d\. `([a-z]+)`/gm)].map(([, name]) => name);
  expect(told).toEqual([...STAGES]);
  const codes = firstColumn(offers, 'Why an offer is not used') as NotUsedCode[]; // each is asked for its sentence below
  expect(new Set(codes).size).toBe(20);
  for (const code of codes) {
    const said = explainNotUsed({ code, facts: {} }, 'CNY');
    expect(said['zh-CN'].length * said.en.length).toBeGreaterThan(0);
  }
});
