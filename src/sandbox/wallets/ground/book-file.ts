import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const CHUNK_BYTES = 1024 * 1024;
const LINE_END = 10;

/** One JSON object a line, only ever added to. */
export interface BookFile<Line extends object> {
  /** Returns when the system has the line: our being killed afterwards loses nothing. @throws when it cannot be written */
  append(line: Line): void;
  close(): void;
}

/**
 * Opens or makes the file and hands every whole line that is already there to `onLine`, oldest first. A last line that was
 * cut short by a crash was never answered for; it is cut off. With `path` null nothing is kept.
 * @throws Error naming the file and line when a line is not readable
 */
export function openBookFile<Line extends object>(path: string | null, onLine: (line: Line) => void): BookFile<Line> {
  if (path === null) return { append() {}, close() {} };
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fd = openSync(path, 'a+', 0o600);
  let sizeBytes = readLines(fd, (text, lineNo) => {
    let line: Line; // Nobody but us writes the file: what is JSON is one of our lines.
    try {
      line = JSON.parse(text);
    } catch (error) {
      throw new Error(`line ${lineNo} of ${path} is not readable; move the file away to start with empty books`, {
        cause: error,
      });
    }
    onLine(line);
  });
  if (sizeBytes < fstatSync(fd).size) ftruncateSync(fd, sizeBytes);
  let isClosed = false;
  return {
    append(line) {
      // The number of a closed file may already belong to another one.
      if (isClosed) throw new Error(`${path} is closed`);
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
      } catch (error) {
        ftruncateSync(fd, sizeBytes);
        throw error;
      }
      sizeBytes += bytes.length;
    },
    close() {
      if (!isClosed) closeSync(fd);
      isClosed = true;
    },
  };
}

/** How many bytes the whole lines take. */
function readLines(fd: number, onText: (text: string, lineNo: number) => void): number {
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
      onText(rest.subarray(from, end).toString('utf8'), lineNo);
      from = end + 1;
    }
    wholeBytes += from;
    rest = Buffer.from(rest.subarray(from));
  }
}
