import { isUtf8 } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeText, findEncoding } from '../../apps/listener/backfill/decode-text.ts';
import { gunzip } from '../../apps/listener/backfill/gunzip.ts';
import { anyCuts, anyText, collect, cutAt, streamOf } from './support.ts';

/** Units of UTF-16 or UTF-32, low byte first or last, behind the byte-order mark. */
function encode(units: readonly number[], size: 2 | 4, isLittle: boolean): Buffer {
  const bytes = Buffer.alloc((units.length + 1) * size);
  for (const [index, unit] of [0xfeff, ...units].entries()) {
    const at = index * size;
    if (size === 2) isLittle ? bytes.writeUInt16LE(unit, at) : bytes.writeUInt16BE(unit, at);
    else isLittle ? bytes.writeUInt32LE(unit, at) : bytes.writeUInt32BE(unit, at);
  }
  return bytes;
}

const utf16Units = (text: string) =>
  Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
const points = (text: string) => [...text].map((character) => character.codePointAt(0) ?? 0);

const ENCODINGS: [string, (text: string) => Buffer][] = [
  ['UTF-8', (text) => Buffer.from(`\ufeff${text}`)],
  ['UTF-16LE', (text) => encode(utf16Units(text), 2, true)],
  ['UTF-16BE', (text) => encode(utf16Units(text), 2, false)],
  ['UTF-32LE', (text) => encode(points(text), 4, true)],
  ['UTF-32BE', (text) => encode(points(text), 4, false)],
];

async function decode(bytes: Buffer, cuts: readonly number[]): Promise<Buffer> {
  return await collect(decodeText(streamOf(cutAt(bytes, cuts)), findEncoding(bytes)));
}

describe('decoding', () => {
  test.each(ENCODINGS)('%s comes out as it was meant, wherever it is cut', async (name, write) => {
    await fc.assert(
      fc.asyncProperty(
        // A NUL behind the mark of UTF-16LE would make it that of UTF-32LE: no text can be told from it there.
        anyText.filter((text) => !text.startsWith('\0')),
        anyCuts,
        async (text, cuts) => {
          const bytes = write(text);
          expect(findEncoding(bytes).encoding).toBe(name);
          expect((await decode(bytes, cuts)).toString()).toBe(text);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('any units of UTF-16: the same wherever they are cut, valid where they are well formed', async () => {
    const anyUnit = fc.oneof(
      fc.integer({ min: 1, max: 0xffff }),
      fc.integer({ min: 0xd800, max: 0xdfff }),
      fc.constant(0x61),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyUnit, { maxLength: 12 }),
        fc.boolean(),
        anyCuts,
        async (units, isLittle, cuts) => {
          const bytes = encode(units, 2, isLittle);
          const whole = await decode(bytes, []);
          expect(await decode(bytes, cuts)).toEqual(whole);
          const text = String.fromCharCode(...units);
          const isWellFormed = !/\p{Surrogate}/u.test(text);
          expect(isUtf8(whole)).toBe(isWellFormed);
          if (isWellFormed) expect(utf16Units(whole.toString())).toEqual(units);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('bytes without a mark go through as they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), anyCuts, async (array, cuts) => {
        const bytes = Buffer.from(array);
        if (findEncoding(bytes).markLength > 0) return;
        expect(await decode(bytes, cuts)).toEqual(bytes);
      }),
    );
  });
});

describe('gunzip', () => {
  const anyMembers = fc.array(
    fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)),
    { minLength: 1, maxLength: 4 },
  );

  async function unpack(gzip: Buffer, cuts: readonly number[]) {
    const faults: string[] = [];
    async function* read(start: number): AsyncGenerator<Buffer> {
      yield* cutAt(gzip.subarray(start), cuts);
    }
    return { content: await collect(gunzip(read, (fault) => faults.push(fault))), faults };
  }

  test('gives all members wherever the file is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(anyMembers, anyCuts, async (members, cuts) => {
        const gzip = Buffer.concat(members.map((member) => gzipSync(member)));
        expect(await unpack(gzip, cuts)).toEqual({ content: Buffer.concat(members), faults: [] });
      }),
      { numRuns: 100 },
    );
  });

  test('gives a beginning of a file that ends too early, and says so', async () => {
    const anyShare = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    await fc.assert(
      fc.asyncProperty(anyMembers, anyCuts, anyShare, async (members, cuts, share) => {
        const last = gzipSync(members.at(-1) ?? '');
        const before = Buffer.concat(members.slice(0, -1).map((member) => gzipSync(member)));
        // At least the two bytes by which gzip is recognised.
        const kept = last.subarray(0, 2 + Math.floor(share * (last.length - 2)));
        const { content, faults } = await unpack(Buffer.concat([before, kept]), cuts);
        const whole = Buffer.concat(members);
        expect(whole.subarray(0, content.length)).toEqual(content);
        expect(content.length).toBeGreaterThanOrEqual(whole.length - (members.at(-1)?.length ?? 0));
        expect(faults).toHaveLength(1);
      }),
      { numRuns: 100 },
    );
  });
});
