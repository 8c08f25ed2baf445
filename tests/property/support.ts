import fc from 'fast-check';

/** Text of any characters but halves of surrogate pairs, which UTF-8 cannot write. */
export const anyText = fc.string({ unit: 'binary', maxLength: 40 });

/** Text made of pieces that mean something to a parser, in any order. */
export function textOf(...pieces: string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(''));
}

/** Any JSON value, as text with white space wherever JSON allows it. */
export const anyJson: fc.Arbitrary<string> = fc
  .tuple(
    fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 }),
    fc.constantFrom(undefined, 1, '\t', '\r\n '),
  )
  .map(([value, indent]) => JSON.stringify(value, null, indent));

export const anySpace = textOf(' ', '\n', '\r', '\t').map((space) => space.slice(0, 3));

/** Where to cut something, as shares of its length. */
export const anyCuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

/** Cuts bytes into pieces; a piece may be empty. */
export function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = cuts.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index]));
}

export async function* streamOf(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}

/** All that a generator of pieces gives. */
export async function collect(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts);
}
