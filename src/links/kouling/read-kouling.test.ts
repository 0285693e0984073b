import { describe, expect, test } from 'vitest';
import type { PastedText } from './pasted-text.ts';
import { readKouling } from './read-kouling.ts';
import { NEGATIVES } from './test-no-texts.ts';
import type { Sample } from './test-sample.ts';
import { POSITIVES } from './test-texts.ts';

function picked({ app, kind, token, url, shareCode }: PastedText | Sample) {
  return { app, kind, token, url, shareCode };
}

describe('what apps write is read as they meant it', () => {
  test.each(POSITIVES.map((sample) => [sample.text, sample] as const))('%s', (text, sample) => {
    const read = readKouling(text);
    expect(picked(read)).toEqual(picked(sample));
    if (sample.title !== undefined) expect(read.title).toBe(sample.title);
    expect(read.formatId === null).toBe(sample.app === null);
  });
});

describe('what is none of it is left alone', () => {
  test.each(NEGATIVES)('%s', (text) => {
    expect(picked(readKouling(text))).toEqual({ app: null, kind: 'none', token: null, url: null, shareCode: null });
  });
});

test('of all samples together, what is found is right and what is there is found', () => {
  const found = POSITIVES.filter(({ text }) => readKouling(text).kind !== 'none').length;
  const exact = POSITIVES.filter((sample) => {
    const read = readKouling(sample.text);
    return JSON.stringify(picked(read)) === JSON.stringify(picked(sample));
  }).length;
  const falseAlarms = NEGATIVES.filter((text) => readKouling(text).kind !== 'none').length;
  const [precision, recall] = [exact / (found + falseAlarms), exact / POSITIVES.length];
  console.log(
    `pasted texts: ${POSITIVES.length} that hold something, ${NEGATIVES.length} that do not; exact precision ${precision.toFixed(3)}, exact recall ${recall.toFixed(3)}`,
  );
  expect(POSITIVES.length).toBeGreaterThanOrEqual(130);
  expect(NEGATIVES.length).toBeGreaterThanOrEqual(80);
  expect({ precision, recall }).toEqual({ precision: 1, recall: 1 });
});
