import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const CHUNK_BYTES = 1024 * 1024;
const LINE_END = 10;

/** One JSON object a line, only ever added to. */
export interface BookFile {
  /** Returns when the system has the line: our being killed afterwards loses nothing. @throws when it cannot be written */
  append(line: object): void;
  close(): void;
}

/**
 * Opens or makes the file and hands every whole line that is already there to `onLine`, oldest first. A last line that was
 * cut short by a crash was never answered for; it is cut off. With `path` null nothing is kept.
 * @throws Error naming the file and line when a line is not readable
 */
export function openBookFile(path: string | null, onLine: (line: unknown) => void): BookFile {
  if (path === null) return { append() {}, close() {} };
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fd = openSync(path, 'a+', 0o600);
  let sizeBytes = readLines(fd, path, onLine);
  if (sizeBytes < fstatSync(fd).size) ftruncateSync(fd, sizeBytes);
  return {
    append(line) {
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
      } catch (error) {
        ftruncateSync(fd, sizeBytes);
        throw error;
      }
      sizeBytes += bytes.length;
    },
    close: () => closeSync(fd),
  };
}

/** How many bytes the whole lines take. */
function readLines(fd: number, path: string, onLine: (line: unknown) => void): number {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest = Buffer.alloc(0);
  let wholeBytes = 0;
  let lineNo = 0;
  for (let at = 0; ; ) {
    const count = readSync(fd, chunk, 0, CHUNK_BYTES, at);
    if (count === 0) return wholeBytes;
    at += count;
    rest = Buffer.concat([rest, chunk.subarray(0, count)]);
    let from = 0;
    for (let end = rest.indexOf(LINE_END); end >= 0; end = rest.indexOf(LINE_END, from)) {
      lineNo++;
      onLine(readLine(rest.subarray(from, end).toString('utf8'), path, lineNo));
      from = end + 1;
    }
    wholeBytes += from;
    rest = Buffer.from(rest.subarray(from));
  }
}

function readLine(text: string, path: string, lineNo: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`line ${lineNo} of ${path} is not readable; move the file away to start with empty books`, {
      cause: error,
    });
  }
}
