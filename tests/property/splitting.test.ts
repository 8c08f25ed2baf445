import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Splitter } from '../../apps/listener/backfill/item.ts';
import { createLineSplitter } from '../../apps/listener/backfill/split-lines.ts';
import { createValueSplitter } from '../../apps/listener/backfill/split-values.ts';
import { splitJsonArray } from '../../apps/listener/split-json-array.ts';
import { anyCuts, anyJson, anySpace, cutAt, textOf } from './support.ts';

/** Small and large pieces of what the splitters look at, whole events and halves of them. */
const EVENT =
  '{"id":"1","type":"PushEvent","actor":{},"repo":{"name":"a/b"},"payload":{"x":["]}\\""]}}';
const debris = textOf(
  ...['{', '}', '[', ']', '"', '\\', ',', ':', '\n', '\r\n', ' ', '\0', '\x1e', 'é', '1', 'null'],
  ...[EVENT, EVENT.slice(0, 30), EVENT.slice(30), '{"a":1}', '"}"', '\\.', '[]', '{"value":['],
);
const anyBytes = fc.oneof(
  debris.map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
);

interface Told {
  start: number;
  end: number;
  position: string;
  isFault: boolean;
  text: string;
}

/** Feeds a splitter with pieces, as the reader of a file does. */
function split(splitter: Splitter, pieces: readonly Buffer[]): Told[] {
  const told: Told[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let base = 0;
  for (const [index, piece] of pieces.entries()) {
    const window = Buffer.concat([rest, piece]);
    const { items, consumed } = splitter.split(window, index === pieces.length - 1);
    for (const item of items) {
      told.push({
        start: item.start + base,
        end: item.end + base,
        position: item.position,
        isFault: item.fault !== undefined,
        text: item.original.toString('latin1'),
      });
    }
    base += consumed;
    rest = window.subarray(consumed);
  }
  return told;
}

/** Record separators (RFC 7464) are taken out before. */
const BETWEEN_VALUES = /^[ \t\r\n,[\]]*$/;

const SPLITTERS: [string, () => Splitter, RegExp][] = [
  ['lines', createLineSplitter, /^[ \t\r\n]*$/],
  ['values', createValueSplitter, BETWEEN_VALUES],
  ['verified values', () => createValueSplitter({ verify: true }), BETWEEN_VALUES],
];

function textBetween(bytes: Buffer, from: number, to: number): string {
  return bytes.toString('latin1', from, to).replaceAll('\x1e', '');
}

describe.each(SPLITTERS)('any bytes as %s', (_name, create, between) => {
  test('give the same items wherever they are cut', () => {
    fc.assert(
      fc.property(anyBytes, anyCuts, (bytes, cuts) => {
        expect(split(create(), cutAt(bytes, cuts))).toEqual(split(create(), [bytes]));
      }),
      { numRuns: 1500 },
    );
  });

  test('are in the items, in order and once; between them stands nothing that means anything', () => {
    fc.assert(
      fc.property(anyBytes, anyCuts, (bytes, cuts) => {
        let at = 0;
        for (const item of split(create(), cutAt(bytes, cuts))) {
          expect(item.start).toBeGreaterThanOrEqual(at);
          expect(textBetween(bytes, at, item.start)).toMatch(between);
          expect(bytes.toString('latin1', item.start, item.end)).toBe(item.text);
          at = item.end;
        }
        expect(textBetween(bytes, at, bytes.length)).toMatch(between);
      }),
      { numRuns: 1500 },
    );
  });
});

const anyObject = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value));

describe('JSON that is whole', () => {
  test('as lines: each object is an item, whatever ends the lines', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyObject, anySpace)),
        fc.constantFrom('\n', '\r\n'),
        anyCuts,
        (lines, end, cuts) => {
          const text = lines.map(([object, space]) => space + object + space).join(end);
          const items = split(createLineSplitter(), cutAt(Buffer.from(text), cuts));
          expect(items.map((item) => Buffer.from(item.text, 'latin1').toString())).toEqual(
            lines.map(([object]) => object),
          );
          expect(items.some((item) => item.isFault)).toBe(false);
        },
      ),
    );
  });

  const anyArray = fc
    .tuple(fc.array(anyJson), anySpace, anySpace)
    .map(([values, before, after]) => ({
      values,
      text: `${before}[${before}${values.map((value) => before + value + after).join(',')}]${after}`,
    }));

  test('as an array: each value is an item, cut from a file', () => {
    fc.assert(
      fc.property(anyArray, anyCuts, ({ values, text }, cuts) => {
        const items = split(createValueSplitter(), cutAt(Buffer.from(text), cuts));
        expect(items.map((item) => Buffer.from(item.text, 'latin1').toString())).toEqual(values);
        expect(items.some((item) => item.isFault)).toBe(false);
      }),
    );
  });

  test('as an array: each value is an item, cut from a page of the API', () => {
    fc.assert(
      fc.property(anyArray, ({ values, text }) => {
        expect(splitJsonArray(Buffer.from(text))?.map(String)).toEqual(values);
      }),
    );
  });
});

describe('splitJsonArray on anything', () => {
  test('what it takes for an array is one of items whose bytes it keeps', () => {
    let taken = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          anyBytes,
          anyBytes.map((bytes) => Buffer.concat([Buffer.from('['), bytes, Buffer.from(']')])),
        ),
        (bytes) => {
          const items = splitJsonArray(bytes);
          if (items === undefined) return;
          taken++;
          const squeeze = (text: string) => text.replace(/[ \t\r\n]/g, '');
          const joined = items.map((item) => item.toString('latin1')).join(',');
          expect(squeeze(`[${joined}]`)).toBe(squeeze(bytes.toString('latin1')));
        },
      ),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  test('what JSON.parse takes for an array, it does too', () => {
    fc.assert(
      fc.property(debris, (text) => {
        const body = `[${text}]`;
        let value: unknown;
        try {
          value = JSON.parse(body);
        } catch {
          return;
        }
        if (!Array.isArray(value)) return;
        expect(splitJsonArray(Buffer.from(body))?.map((item) => JSON.parse(String(item)))).toEqual(
          value,
        );
      }),
      { numRuns: 3000 },
    );
  });
});
