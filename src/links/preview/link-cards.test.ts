import { randomBytes } from 'node:crypto';
import { Resvg } from '@resvg/resvg-js';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import {
  LINK_PICTURE_FETCHES_AT_A_TIME,
  LINK_PICTURE_FETCHES_PER_HOST,
  LINK_PICTURE_RETRY_SECONDS,
} from '../../base/link-limits.ts';
import { encodePng } from './encode-png.ts';
import { createGate } from './gate.ts';
import { KeptBytes } from './kept-bytes.ts';
import { openLinkCards } from './link-cards.ts';
import { fetchDeps, pictureOf } from './test-deps.ts';
import { testJpeg } from './test-jpeg.ts';
import { testReadyLink } from './test-ready-link.ts';

const START = new Date('2026-03-01T08:00:00Z');
const IMAGE = 'https://shop.example/cup.png';

function picture(side: number): Buffer {
  const noise = Array.from(
    { length: Math.min(side, 900) },
    (_, at) =>
      `<rect x="${(at * 37) % side}" y="${(at * 53) % side}" width="9" height="7" fill="#${((at * 7919) % 4096).toString(16).padStart(3, '0')}"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><rect width="${side}" height="${side}" fill="#0a0"/>${noise.join('')}</svg>`;
  return new Resvg(svg).render().asPng();
}

/** Noise does not pack: more than is shown on a page as it is. */
async function heavyPicture(): Promise<Buffer> {
  return await encodePng({
    width: 800,
    height: 800,
    rgba: randomBytes(800 * 800 * 4).map((byte, at) => (at % 4 === 3 ? 255 : byte)) as Buffer,
  }); // a buffer's map is a buffer
}

function open() {
  const clock = new ManualClock(START);
  const deps = fetchDeps(clock);
  return { clock, deps, cards: openLinkCards(deps) };
}

describe('cards of links', () => {
  test('are drawn once for all who ask at a time, and kept until the link changes', async () => {
    const { deps, cards } = open();
    deps.answer = () => pictureOf(picture(60));
    const ready = testReadyLink({ imageUrl: IMAGE });
    const [first, second] = await Promise.all([cards.card(ready, 'square'), cards.card(ready, 'square')]);
    expect(second).toBe(first);
    expect(await cards.card(ready, 'square')).toBe(first);
    expect(deps.asked).toEqual([IMAGE]);
    const edited = await cards.card(testReadyLink({ imageUrl: null, version: 4 }), 'square');
    expect(edited.etag).not.toBe(first.etag);
  });

  test('of a shop that does not answer have no picture, and it is left alone for a while', async () => {
    const { clock, deps, cards } = open();
    const ready = testReadyLink({ imageUrl: IMAGE });
    const without = await cards.card(ready, 'square');
    await cards.card(ready, 'wide');
    expect(deps.asked).toHaveLength(1);
    clock.advanceMs(LINK_PICTURE_RETRY_SECONDS * 1000);
    deps.answer = () => pictureOf(picture(60));
    expect((await cards.card(ready, 'square')).etag).not.toBe(without.etag);
    expect(deps.asked).toHaveLength(2);
  });

  test.each([
    ['of a host that is not proved', 'https://other.example/cup.png', 0, pictureOf(picture(20))],
    ['that is no picture', IMAGE, 1, pictureOf(Buffer.from('<html>'.repeat(20)))],
    ['that is not found', IMAGE, 1, pictureOf(picture(20), { status: 404 })],
    ['that is longer than is read', IMAGE, 1, pictureOf(picture(20), { cut: true })],
    ['of an address that is refused', IMAGE, 1, { kind: 'refused', reason: 'address refused: 10.0.0.1', hops: [] }],
  ] as const)('a picture %s is not shown', async (_name, imageUrl, askedCount, answer) => {
    const { deps, cards } = open();
    deps.answer = () => answer;
    expect(await cards.picture(testReadyLink({ imageUrl }))).toBeNull();
    expect(deps.asked).toHaveLength(askedCount);
  });
});

describe('fetching pictures', () => {
  /** A shop that does not answer until it is told to, and how many it was asked at a time. */
  function openSlow() {
    const { deps, cards } = open();
    const leave: (() => void)[] = [];
    const seen = { inside: 0, most: 0 };
    deps.answer = async () => {
      seen.inside += 1;
      seen.most = Math.max(seen.most, seen.inside);
      await new Promise<void>((resolve) => leave.push(resolve));
      seen.inside -= 1;
      return pictureOf(picture(20));
    };
    const wish = (host: string, at: number) =>
      cards.picture({ ...testReadyLink({ imageUrl: `https://${host}/${at}.png` }), targets: new Set([host]) }).then(
        (found) => (found === null ? 'none' : 'found'),
        (error: unknown) => String(Object(error).code),
      );
    const letAllGo = async (wishes: Promise<string>[]) => {
      const state = { isDone: false };
      const all = Promise.all(wishes).finally(() => (state.isDone = true));
      while (!state.isDone) {
        leave.splice(0).forEach((go) => go());
        await new Promise((resolve) => setImmediate(resolve));
      }
      return await all;
    };
    return { seen, wish, letAllGo, deps };
  }

  test('happens a few at a time for all shops together; whoever comes besides is asked to come again', async () => {
    const { seen, wish, letAllGo } = openSlow();
    const wishes = Array.from({ length: 90 }, (_, at) => wish(`shop${at}.example`, at));
    const answers = await letAllGo(wishes);
    expect(seen.most).toBe(LINK_PICTURE_FETCHES_AT_A_TIME);
    expect(answers.filter((answer) => answer === 'found')).toHaveLength(72);
    expect(answers.filter((answer) => answer === 'overloaded')).toHaveLength(18);
    expect(await letAllGo([wish('shop89.example', 89)])).toEqual(['found']);
  });

  test('of one slow shop holds up nobody else', async () => {
    const { seen, wish, letAllGo, deps } = openSlow();
    const slow = Array.from({ length: 40 }, (_, at) => wish('slow.example', at));
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.inside).toBe(LINK_PICTURE_FETCHES_PER_HOST);
    const other = wish('other.example', 0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(deps.asked).toContain('https://other.example/0.png');
    const answers = await letAllGo([...slow, other]);
    expect(answers.filter((answer) => answer === 'found')).toHaveLength(27);
    expect(answers.at(-1)).toBe('found');
  });
});

describe('the picture on a link’s page', () => {
  test('carries nothing of what a camera wrote beside it', async () => {
    const { deps, cards } = open();
    const jpeg = Buffer.concat([testJpeg(6), Buffer.from('GPS 31.23')]);
    deps.answer = () => pictureOf(jpeg, { type: 'image/jpeg' });
    const sent = await cards.picture(testReadyLink({ imageUrl: IMAGE }));
    expect(sent?.type).toBe('image/jpeg');
    expect(sent?.body.includes('GPS')).toBe(false);
  });

  test('is what the shop serves while that is small, and a smaller one of ours else', async () => {
    const { deps, cards } = open();
    const small = picture(60);
    deps.answer = (url) => pictureOf(url.endsWith('small') ? small : picture(2400));
    const asIs = await cards.picture(testReadyLink({ imageUrl: `${IMAGE}?small` }));
    expect(asIs).toMatchObject({ type: 'image/png', body: small });
    const large = await heavyPicture();
    deps.answer = () => pictureOf(large);
    const drawn = await cards.picture(testReadyLink({ imageUrl: `${IMAGE}?large` }));
    expect([drawn?.body.readUInt32BE(16), drawn?.body.readUInt32BE(20)]).toEqual([480, 480]);
    expect(drawn?.body.length).toBeLessThan(large.length);
  });
});

describe('the gate of drawings', () => {
  test('lets so many in at a time, so many wait, and turns the others away', async () => {
    const gate = createGate(2, 1);
    const leave: (() => void)[] = [];
    let insideMax = 0;
    let inside = 0;
    const visit = () =>
      gate.enter(async () => {
        inside += 1;
        insideMax = Math.max(insideMax, inside);
        await new Promise<void>((resolve) => leave.push(resolve));
        inside -= 1;
        return inside;
      });
    const three = [visit(), visit(), visit()];
    await expect(visit()).rejects.toMatchObject({ code: 'overloaded' });
    leave.splice(0).forEach((go) => go());
    await Promise.all(three.slice(0, 2));
    leave.splice(0).forEach((go) => go());
    await three[2];
    expect(insideMax).toBe(2);
    await expect(gate.enter(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await gate.enter(() => Promise.resolve('in again'))).toBe('in again');
  });
});

describe('what is kept in memory', () => {
  test('has a bound in bytes: what was not asked for the longest goes first', () => {
    const kept = new KeptBytes<Buffer>(4000, (value) => value.length);
    for (const name of ['a', 'b', 'c']) kept.keep(name, Buffer.alloc(700), 10);
    expect(kept.find('a', 0)).toBeDefined();
    kept.keep('d', Buffer.alloc(700), 10);
    expect(['a', 'b', 'c', 'd'].map((name) => kept.find(name, 0) !== undefined)).toEqual([true, false, true, true]);
    kept.keep('huge', Buffer.alloc(5000), 10);
    expect(kept.find('huge', 0)).toBeUndefined();
    expect(kept.bytes).toBeLessThanOrEqual(4000);
  });

  test('is good until its time, and kept once under one name', () => {
    const kept = new KeptBytes<Buffer>(4000, (value) => value.length);
    for (let times = 0; times < 50; times++) kept.keep('a', Buffer.alloc(100), 10);
    expect(kept.bytes).toBeLessThan(1000);
    expect(kept.find('a', 10)).toBeUndefined();
    expect(kept.bytes).toBe(0);
  });
});
