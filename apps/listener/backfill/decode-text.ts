/** Byte-order marks, the longer before the shorter that begins like it. */
const MARKS: { encoding: string; mark: number[] }[] = [
  { encoding: 'UTF-32LE', mark: [0xff, 0xfe, 0x00, 0x00] },
  { encoding: 'UTF-32BE', mark: [0x00, 0x00, 0xfe, 0xff] },
  { encoding: 'UTF-8', mark: [0xef, 0xbb, 0xbf] },
  { encoding: 'UTF-16LE', mark: [0xff, 0xfe] },
  { encoding: 'UTF-16BE', mark: [0xfe, 0xff] },
];

/** What a byte-order mark announces, and how long it is; UTF-8 without one. */
export function findEncoding(head: Buffer): { encoding: string; markLength: number } {
  const found = MARKS.find(({ mark }) => mark.every((byte, index) => head[index] === byte));
  return { encoding: found?.encoding ?? 'UTF-8', markLength: found?.mark.length ?? 0 };
}

/** Gives a text as UTF-8, without its byte-order mark. UTF-8 goes through as it is, valid or not. */
export async function* decodeText(
  pieces: AsyncIterable<Buffer>,
  { encoding, markLength }: { encoding: string; markLength: number },
): AsyncGenerator<Buffer> {
  let toSkip = markLength;
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = piece.subarray(Math.min(toSkip, piece.length));
    toSkip -= piece.length - bytes.length;
    if (encoding === 'UTF-8') {
      if (bytes.length > 0) yield bytes;
      continue;
    }
    const all = Buffer.concat([rest, bytes]);
    const length = wholeUnits(all, encoding);
    rest = all.subarray(length);
    if (length > 0) yield toUtf8(all.subarray(0, length), encoding);
  }
  // Half a character at the end is not to vanish: it is no UTF-8, and so becomes part of a dead letter.
  if (rest.length > 0) yield Buffer.concat([Buffer.from([0xff]), rest]);
}

/** Length of the part that ends between two characters. */
function wholeUnits(bytes: Buffer, encoding: string): number {
  const unit = encoding.startsWith('UTF-32') ? 4 : 2;
  const length = bytes.length - (bytes.length % unit);
  if (unit === 4 || length === 0) return length;
  const last = encoding === 'UTF-16LE' ? bytes[length - 1] : bytes[length - 2];
  // The first half of a surrogate pair waits for the second.
  return last !== undefined && last >= 0xd8 && last < 0xdc ? length - 2 : length;
}

function toUtf8(bytes: Buffer, encoding: string): Buffer {
  const text = toText(bytes, encoding);
  return /\p{Surrogate}/u.test(text) ? encodeIllFormed(text) : Buffer.from(text);
}

function toText(bytes: Buffer, encoding: string): string {
  switch (encoding) {
    case 'UTF-16LE':
      return bytes.toString('utf16le');
    case 'UTF-16BE':
      return Buffer.from(bytes).swap16().toString('utf16le');
    default: {
      const points: string[] = [];
      for (let at = 0; at < bytes.length; at += 4) {
        const point = encoding === 'UTF-32LE' ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
        points.push(point <= 0x10ffff ? String.fromCodePoint(point) : '\ud800');
      }
      return points.join('');
    }
  }
}

/** Half a surrogate pair becomes three bytes that are no valid UTF-8: the item is refused instead of altered. */
function encodeIllFormed(text: string): Buffer {
  return Buffer.concat(
    [...text].map((character) => {
      const point = character.codePointAt(0) ?? 0;
      return point >= 0xd800 && point <= 0xdfff
        ? Buffer.from([0xed, 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f)])
        : Buffer.from(character);
    }),
  );
}
