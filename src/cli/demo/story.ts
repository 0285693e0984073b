import type { Clock } from '../../base/clock.ts';
import type { Terminal } from '../command.ts';
import { padEnd, toJson, widthOf } from '../print.ts';
import { createStyle } from '../style.ts';
import type { Party, Wire } from './wire.ts';

/** What a step leaves behind for the reader. */
export interface Told {
  /** What to know about it, in the order of reading. */
  facts?: Record<string, string>;
  /** What went over the wire. */
  wires?: readonly Wire[];
  /** Lines for people only, such as a table. */
  lines?: readonly string[];
  /** For programs only. */
  data?: Record<string, unknown>;
}

/** Tells the demo step by step: to people as text, to programs as one JSON object a line. */
export interface Story {
  /** Does a step, then tells it with the time it took. */
  step<T>(name: string, title: string, work: () => Promise<{ value: T; told: Told }>): Promise<T>;
  say(line: string): void;
}

const NAMES: Record<Party, string> = {
  shop: '商户 Shop',
  hutong: '互通 Hutong',
  unionpay: '银联 UnionPay',
  app: '云闪付 App',
};
const COLUMNS_MAX = 120;

export function createStory(terminal: Terminal, clock: Clock, isJson: boolean): Story {
  const style = createStyle(terminal.hasColour);
  const startedMs = clock.now().getTime();
  const columns = Math.min(terminal.columns, COLUMNS_MAX);
  let count = 0;

  const printFields = (fields: Record<string, string>, indent: string): void => {
    const width = Math.max(0, ...Object.keys(fields).map(widthOf));
    for (const [name, value] of Object.entries(fields)) {
      const room = columns - indent.length - width - 2;
      terminal.print(`${indent}${style.faint(padEnd(name, width))}  ${cut(value, room)}`);
    }
  };
  const printWire = (wire: Wire): void => {
    const way = `${NAMES[wire.from]} → ${NAMES[wire.to]}`;
    terminal.print(`    ${style.accent(way)}  ${wire.method} ${pathOf(wire.url)}`);
    printFields(wire.sent, '      ');
    const status = wire.status === null ? style.bad('no answer') : style.good(String(wire.status));
    terminal.print(`    ${style.accent('←')} ${status}`);
    printFields(wire.received, '      ');
  };
  const tell = (name: string, title: string, tookMs: number, told: Told): void => {
    const atMs = clock.now().getTime() - startedMs;
    if (isJson) {
      const { facts = {}, wires = [], data = {} } = told;
      return terminal.print(toJson({ step: name, at_ms: atMs, took_ms: tookMs, ...facts, ...data, wires }));
    }
    const head = `${String(count).padStart(2)}  ${title}`;
    const took = `${tookMs} ms`;
    const gap = Math.max(2, columns - widthOf(head) - took.length);
    terminal.print('');
    terminal.print(`${style.strong(head)}${' '.repeat(gap)}${style.faint(took)}`);
    printFields(told.facts ?? {}, '    ');
    for (const wire of told.wires ?? []) printWire(wire);
    for (const line of told.lines ?? []) terminal.print(`    ${line}`);
  };

  return {
    async step(name, title, work) {
      const beganMs = clock.now().getTime();
      const { value, told } = await work();
      count += 1;
      tell(name, title, clock.now().getTime() - beganMs, told);
      return value;
    },
    say(line) {
      if (!isJson) terminal.print(line);
    },
  };
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

function cut(text: string, room: number): string {
  if (widthOf(text) <= room) return text;
  let kept = '';
  for (const letter of text) {
    if (widthOf(kept) + widthOf(letter) >= room - 1) break;
    kept += letter;
  }
  return `${kept}…`;
}
