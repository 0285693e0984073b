import { nestsTooDeep } from '../base/yaml-depth.ts';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/** A place in a file, counted from 1. */
export interface Place {
  line: number;
  column: number;
}

export interface CampaignFile {
  /** What is written, as a program takes it; null where it could not be read. */
  written: unknown;
  /** What a reader of YAML complains about. */
  faults: readonly { place: Place; text: string }[];
  /** Where something stands, by JSON pointer; what does not stand there is missed by what would hold it. */
  locate(pointer: string): Place;
}

/**
 * A campaign file: YAML 1.2, of which JSON is a part. Amounts are told by what is written, not by what a number becomes: `5.00` stays
 * `5.00`, so that nobody has to quote them. What YAML could be made to repeat (anchors, merging) is not read.
 */
export function readCampaignFile(text: string): CampaignFile {
  if (nestsTooDeep(text)) return unread([{ place: { line: 1, column: 1 }, text: 'nothing nests so deep here' }]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', schema: 'core', uniqueKeys: true });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults = document.errors.map((error) => ({
    place: at(error.pos[0]),
    text: (error.message.split('\n', 1)[0] ?? '').replace(/ at line \d+, column \d+:?$/, ''),
  }));
  if (faults.length > 0) return unread(faults);
  const aliases: { place: Place; text: string }[] = [];
  const written = toValue(document.contents, (node) =>
    aliases.push({ place: at(node.range?.[0] ?? 0), text: 'anchors are not read here; write it out' }),
  );
  return { written, faults: aliases, locate };

  function locate(pointer: string): Place {
    const names = pointer
      .split('/')
      .slice(1)
      .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
    let node: unknown = document.contents;
    let offset = document.contents?.range?.[0] ?? 0;
    for (const name of names) {
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && key.value === name);
        if (pair === undefined) break;
        if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        const item: unknown = node.items[Number(name)];
        if (!isScalar(item) && !isMap(item) && !isSeq(item)) break;
        offset = item.range?.[0] ?? offset;
        node = item;
      } else break;
    }
    return at(offset);
  }
}

function unread(faults: CampaignFile['faults']): CampaignFile {
  return { written: null, faults, locate: () => ({ line: 1, column: 1 }) };
}

function toValue(node: Node | null, blame: (alias: Node) => void): unknown {
  if (isAlias(node)) {
    blame(node);
    return null;
  }
  if (isMap(node)) {
    return Object.fromEntries(
      node.items.map(({ key, value }) => [
        isScalar(key) ? String(key.value) : '',
        toValue(value as Node | null, blame),
      ]), // a parsed pair holds nodes
    );
  }
  if (isSeq(node)) return node.items.map((item) => toValue(item as Node | null, blame)); // a parsed list holds nodes
  if (!isScalar(node)) return null;
  const isDecimal = typeof node.value === 'number' && node.source?.includes('.') === true;
  return isDecimal ? node.source : node.value;
}
