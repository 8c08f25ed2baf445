import { readCsvHeader } from './csv-header.ts';
import { findInnerArray } from './find-inner-array.ts';
import type { Splitter } from './item.ts';
import { isEvent, isTimelineEvent, parseObject } from './looks-like-event.ts';
import { findValueEnd, skipSpace } from './scan-value.ts';
import { createCsvSplitter } from './split-csv.ts';
import { createLineSplitter } from './split-lines.ts';
import { createValueSplitter } from './split-values.ts';

/** What a text was taken for. */
export type Recognised =
  | { kind: 'events'; format: string; splitter: Splitter }
  | { kind: 'empty' }
  | { kind: 'junk'; reason: string };

/** How much of a text is looked at. */
export const HEAD_SIZE = 1024 * 1024;

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const NUL = 0x00;
/** Lines looked at for an event before the head is taken to hold none. */
const LINES_TRIED = 1000;

/**
 * Says what a text is by looking at its beginning, never by its name.
 *
 * @param head its first HEAD_SIZE bytes, or all of it.
 * @param mapping columns of a CSV file whose names are not the usual ones, with the path in the event they stand for.
 */
export function recogniseFormat(
  head: Buffer,
  isWhole: boolean,
  mapping: ReadonlyMap<string, string> = new Map(),
): Recognised {
  let start = skipSpace(head, 0);
  while (head[start] === NUL) start = skipSpace(head, start + 1);
  if (start === head.length) return isWhole ? { kind: 'empty' } : junk('nothing but white space');
  const first = head[start];
  if (first === OPEN_BRACKET) return recogniseValues(head, 'JSON array', false);
  if (first === OPEN_BRACE) return recogniseObjects(head, start);
  const csv = readCsvHeader(head, mapping);
  if (csv !== undefined) {
    const left = csv.leftOut.length === 0 ? '' : `, left out: ${csv.leftOut.join(', ')}`;
    return {
      kind: 'events',
      format: `CSV (${csv.used.join(', ')}${left})`,
      splitter: createCsvSplitter(csv),
    };
  }
  return recogniseLines(head) ?? junk(describe(head.subarray(start)));
}

function recogniseObjects(head: Buffer, start: number): Recognised {
  const end = findValueEnd(head, start);
  const object = end < 0 ? undefined : parseObject(head.toString('utf8', start, end));
  if (object !== undefined && isEvent(object)) {
    const isOnOneLine = !head.subarray(start, end).includes('\n');
    const next = skipSpace(head, end);
    const isLast = next === head.length;
    if (isOnOneLine && (isLast || head.subarray(end, next).includes('\n'))) return ndjson(object);
    return recogniseValues(head, isLast ? 'JSON event' : 'JSON events one after the other', false);
  }
  const inner = findInnerArray(head, start);
  if (inner !== undefined && !hasType(head, start, inner.at)) {
    return recogniseValues(head, 'JSON array in an object', true);
  }
  const lines = recogniseLines(head);
  if (lines !== undefined) return lines;
  if (object !== undefined && skipSpace(head, end) === head.length) {
    return isEmptyWrapper(object) ? { kind: 'empty' } : junk(describe(head.subarray(start)));
  }
  return recogniseValues(head, 'JSON events one after the other', false);
}

/** Whether one of the lines is an event by itself. */
function recogniseLines(head: Buffer): Recognised | undefined {
  let tried = 0;
  for (let start = 0; start < head.length && tried < LINES_TRIED; tried++) {
    const newline = head.indexOf('\n', start);
    const end = newline < 0 ? head.length : newline;
    const brace = head.indexOf(OPEN_BRACE, start);
    if (brace >= 0 && brace < end) {
      const object = parseObject(head.toString('utf8', brace, end).trimEnd());
      if (object !== undefined && isEvent(object)) return ndjson(object);
    }
    start = end + 1;
  }
  return undefined;
}

function ndjson(object: Record<string, unknown>): Recognised {
  const which = isTimelineEvent(object) ? ' of timeline events' : '';
  return { kind: 'events', format: `NDJSON${which}`, splitter: createLineSplitter() };
}

/** Taken for JSON values only when at least one of those in the head is an event. */
function recogniseValues(head: Buffer, format: string, isWrapped: boolean): Recognised {
  const { items } = createValueSplitter({ isWrapped, verify: true }).split(head, true);
  const event = items
    .map(({ bytes }) => parseObject(bytes.toString()))
    .find((object) => object !== undefined && isEvent(object));
  if (event === undefined) {
    return items.length === 0
      ? { kind: 'empty' }
      : junk(describe(head.subarray(skipSpace(head, 0))));
  }
  const which = isTimelineEvent(event) ? ' of timeline events' : '';
  return {
    kind: 'events',
    format: `${format}${which}`,
    splitter: createValueSplitter({ isWrapped }),
  };
}

/** Whether the object says what type of event it is before its first array of objects. */
function hasType(head: Buffer, start: number, arrayAt: number): boolean {
  return /"type"\s*:\s*"[A-Za-z]*Event"/.test(head.toString('latin1', start, arrayAt));
}

function isEmptyWrapper(object: Record<string, unknown>): boolean {
  return Object.values(object).some((value) => Array.isArray(value) && value.length === 0);
}

function junk(found: string): Recognised {
  return {
    kind: 'junk',
    reason: `it holds no events: expected NDJSON, JSON or CSV, plain or in gzip; found ${found}`,
  };
}

/** Beginnings of files that people mistake for others. */
const KNOWN: [RegExp, string][] = [
  [/^\s*<(!doctype html|html|head|body)/i, 'an HTML page'],
  [/^\s*<\?xml/i, 'XML'],
  [/^PK/, 'a zip archive; unpack it first'],
  [/^\x28\xb5\x2f\xfd/, 'zstd; unpack it first'],
  [/^BZh/, 'bzip2; unpack it first'],
  [/^\xfd7zXZ/, 'xz; unpack it first'],
  [/^PAR1/, 'Parquet'],
];

function describe(head: Buffer): string {
  const text = head.toString('latin1', 0, 200);
  const known = KNOWN.find(([pattern]) => pattern.test(text))?.[1];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const isBinary = /[\x00-\x08\x0e-\x1f]/.test(text);
  if (known === undefined && isBinary) return 'binary data';
  const start = head.toString('utf8', 0, 80).replace(/\s+/g, ' ').trim();
  return `${known ?? 'other text'}, beginning with ${JSON.stringify(start)}`;
}
