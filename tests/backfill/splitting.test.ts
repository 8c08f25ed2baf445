import { describe, expect, test } from 'vitest';
import type { Item, Splitter } from '../../apps/listener/backfill/item.ts';
import { describePlace, placeInside } from '../../apps/listener/backfill/places.ts';
import {
  type Batch,
  ContentChanged,
  readBatches,
  type Settled,
} from '../../apps/listener/backfill/read-batches.ts';
import { recogniseFormat } from '../../apps/listener/backfill/recognise-format.ts';
import { createLineSplitter } from '../../apps/listener/backfill/split-lines.ts';
import { createValueSplitter } from '../../apps/listener/backfill/split-values.ts';
import { line, lines } from './support.ts';

const half = line(9).slice(0, 60);
const texts: [name: string, text: string, create: () => Splitter, counts: [number, number]][] = [
  [
    'lines',
    `\n${lines(1, 20).join('\r\n')}\n \n${half}\n${half}${line(21)}\n\0\0${line(22)}\nend`,
    createLineSplitter,
    [21, 3],
  ],
  [
    'values',
    `[\n${lines(1, 20).join(' ,\n')}, null, \0\0\0\0\0, "a\\"]}", ${half}${line(21)}, ${half}\n, ${line(22)}, 5] {"a":[1]} tail`,
    createValueSplitter,
    [27, 3],
  ],
  [
    'a wrapper',
    `{"a": "[{", "b": [1, [2]], "value": ${JSON.stringify(
      lines(1, 9).map((text) => JSON.parse(text)),
      null,
      1,
    )}, "next": "]}\\"", "c": [{"id": 1}]}\n{"value":[${line(10)}]}`,
    () => createValueSplitter({ isWrapped: true }),
    [10, 0],
  ],
  [
    'CSV',
    `id,type,payload\n1,X,"{""a"":\n1}"\r\n\n2,X,"open\n3,X,\n4,X\n5,X,"{}"\n6,X,"end`,
    () => {
      const found = recogniseFormat(Buffer.from('id,type,payload\n'), true);
      if (found.kind !== 'events') throw new Error('no CSV');
      return found.splitter;
    },
    [3, 3],
  ],
];

function split(splitter: Splitter, text: Buffer, windowSize: number): string[] {
  const described: string[] = [];
  let rest = Buffer.alloc(0);
  let base = 0;
  for (let position = 0; position <= text.length; position += windowSize) {
    const window = Buffer.concat([rest, text.subarray(position, position + windowSize)]);
    const { items, consumed } = splitter.split(window, position + windowSize > text.length);
    described.push(...items.map((item) => tell(item, base)));
    base += consumed;
    rest = window.subarray(consumed);
  }
  return described;
}

function tell(item: Item, base: number): string {
  const what = item.fault === undefined ? 'item' : 'fault';
  return `${what} ${item.start + base}-${item.end + base} at ${item.position}: ${item.bytes}`;
}

describe('splitting', () => {
  test.each(texts)(
    '%s gives the same items wherever the windows end',
    (_name, text, create, counts) => {
      const bytes = Buffer.from(text);
      const whole = split(create(), bytes, bytes.length + 1);
      const faults = whole.filter((told) => told.startsWith('fault')).length;
      expect([whole.length - faults, faults]).toEqual(counts);
      for (let size = 1; size < bytes.length; size += size < 40 ? 1 : 37) {
        expect(split(create(), bytes, size), `windows of ${size}`).toEqual(whole);
      }
    },
  );

  test('an item lies in the text where it says it does', () => {
    for (const [, text, create] of texts) {
      const bytes = Buffer.from(text);
      const { items } = create().split(bytes, true);
      for (const item of items) {
        expect(item.original).toEqual(bytes.subarray(item.start, item.end));
        const before = bytes.toString('latin1', 0, item.start).split('\n');
        expect(item.position).toBe(describePlace(before.length, (before.at(-1)?.length ?? 0) + 1));
      }
    }
  });

  test.each([
    ['5', '1', '5'],
    ['5', '1:7', '5:7'],
    ['5:10', '1:7', '5:16'],
    ['5:10', '3', '7'],
    ['5:10', '3:2', '7:2'],
  ])('inside an item at %s, %s is %s', (outer, inner, expected) => {
    const parse = (text: string) => {
      const [row = 1, column = 1] = text.split(':').map(Number);
      return { line: row, column };
    };
    const place = placeInside(parse(outer), parse(inner));
    expect(describePlace(place.line, place.column)).toBe(expected);
  });
});

describe('reading in batches', () => {
  const text = Buffer.from(`[${lines(1, 50).join(',\n')}]`);
  const NEW: Settled = { ranges: [], bytesRead: 0, fingerprint: null };

  async function read(content: Buffer, settled: Settled): Promise<Batch[]> {
    async function* pieces(): AsyncGenerator<Buffer> {
      for (let at = 0; at < content.length; at += 1000) yield content.subarray(at, at + 1000);
    }
    const batches: Batch[] = [];
    const limits = { bytes: 1, items: 1 };
    const splitter = createValueSplitter();
    for await (const batch of readBatches(pieces(), splitter, settled, limits, () => {}, 2500))
      batches.push(batch);
    return batches;
  }

  function settledBy(batches: readonly Batch[]): Settled {
    const last = batches.at(-1);
    return {
      ranges: batches.map(({ from, to }) => ({ from, to })),
      bytesRead: last?.to ?? 0,
      fingerprint: last?.fingerprint ?? null,
    };
  }

  test('covers the text without gaps, up to its last item', async () => {
    const batches = await read(text, NEW);
    expect(batches.length).toBeGreaterThan(3);
    expect(batches[0]?.from).toBe(0);
    for (const [index, batch] of batches.entries())
      expect(batch.from).toBe(batches[index - 1]?.to ?? 0);
    expect(batches.at(-1)?.to).toBe(text.length - 1);
    expect(batches.flatMap(({ items }) => items)).toHaveLength(50);
  });

  test('leaves out what is settled, whichever parts that are', async () => {
    const batches = await read(text, NEW);
    for (let mask = 0; mask < 2 ** batches.length; mask++) {
      const done = batches.filter((_, index) => (mask >> index) & 1);
      const rest = await read(text, settledBy(done));
      const ids = [...done, ...rest]
        .flatMap(({ items }) => items)
        .map(({ bytes }) => Number(JSON.parse(bytes.toString()).id));
      expect(ids.sort((a, b) => a - b)).toEqual(
        Array.from({ length: 50 }, (_, index) => index + 1),
      );
    }
  });

  test('reads on in an array that has grown at its end, and gives nothing for one that has not', async () => {
    const settled = settledBy(await read(text, NEW));
    expect(await read(text, settled)).toEqual([]);
    const grown = Buffer.from(`[${lines(1, 52).join(',\n')}\n]`);
    const added = (await read(grown, settled)).flatMap(({ items }) => items);
    expect(added.map(({ bytes }) => JSON.parse(bytes.toString()).id)).toEqual(['51', '52']);
  });

  test('notices a text that is another one or shorter', async () => {
    const settled = settledBy(await read(text, NEW));
    const other = Buffer.from(text);
    other[other.indexOf('ada')] = 0x62;
    await expect(read(other, settled)).rejects.toBeInstanceOf(ContentChanged);
    await expect(read(text.subarray(0, 3000), settled)).rejects.toBeInstanceOf(ContentChanged);
  });
});
