import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { gunzip } from '../../apps/listener/backfill/gunzip.ts';
import { lines } from './support.ts';

async function unpack(content: Buffer): Promise<{ text: string; faults: string[] }> {
  async function* read(start: number): AsyncGenerator<Buffer> {
    for (let at = start; at < content.length; at += 700) yield content.subarray(at, at + 700);
  }
  const faults: string[] = [];
  const pieces: Buffer[] = [];
  for await (const piece of gunzip(read, (fault) => faults.push(fault))) pieces.push(piece);
  return { text: Buffer.concat(pieces).toString('latin1'), faults };
}

const parts = [lines(1, 20), lines(21, 40), lines(41, 60)].map((part) => `${part.join('\n')}\n`);
const members = parts.map((part) => gzipSync(part)) as [Buffer, Buffer, Buffer];
const whole = Buffer.concat(members);
const text = parts.join('');

function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}

describe('gunzip', () => {
  test('gives all members', async () => {
    expect(await unpack(whole)).toEqual({ text, faults: [] });
  });

  test('cut at any byte: a beginning of the text, and said so unless a member ends there', async () => {
    const ends = [members[0].length, members[0].length + members[1].length];
    for (let length = 2; length < whole.length; length++) {
      const { text: got, faults } = await unpack(whole.subarray(0, length));
      expect(text.startsWith(got), `cut at ${length}`).toBe(true);
      expect(faults.length, `cut at ${length}`).toBe(ends.includes(length) ? 0 : 1);
      const before = [0, ...ends].filter((end) => end <= length).length - 1;
      expect(got.length).toBeGreaterThanOrEqual(parts.slice(0, before).join('').length);
    }
  });

  test('corrupt at any byte of the second member: the first and the third come through', async () => {
    let toTheFault = 0;
    for (let at = 10; at < members[1].length; at++) {
      const corrupt = Buffer.from(whole);
      const position = members[0].length + at;
      corrupt[position] = (corrupt[position] ?? 0) ^ 0x55;
      const { text: got, faults } = await unpack(corrupt);
      expect(got.startsWith(parts[0] ?? '?'), `corrupt at ${at}`).toBe(true);
      expect(got.endsWith(parts[2] ?? '?'), `corrupt at ${at}`).toBe(true);
      expect(faults[0], `corrupt at ${at}`).toMatch(
        /^the gzip (is corrupt at byte \d+: |ends too early)/,
      );
      if (got.length > (parts[0]?.length ?? 0) + (parts[2]?.length ?? 0) + 200) toTheFault++;
    }
    expect(toTheFault).toBeGreaterThan(members[1].length / 3);
  });

  test('changed at any byte: what differs from what was packed is named as unchecked', async () => {
    let altered = 0;
    for (let at = 2; at < whole.length; at += 3) {
      const corrupt = Buffer.from(whole);
      corrupt[at] = (corrupt[at] ?? 0) ^ 0x01;
      const { text: got, faults } = await unpack(corrupt);
      if (got !== text) expect(faults, `changed at ${at}`).not.toEqual([]);
      const said = faults.join().matchAll(/bytes (\d+) to (\d+) of its content are unchecked/g);
      const ranges = [...said].map(([, from, to]) => [Number(from), Number(to)] as const);
      const from = Math.min(...ranges.map(([first]) => first), commonLength(got, text));
      const to = Math.max(...ranges.map(([, last]) => last), from);
      expect(text.startsWith(got.slice(0, from)), `changed at ${at}`).toBe(true);
      expect(text.endsWith(got.slice(to).replace(/^\n/, '')), `changed at ${at}`).toBe(true);
      if (!text.startsWith(got.slice(0, to))) altered++;
    }
    expect(altered).toBeGreaterThan(whole.length / 30);
  });

  test('a member that breaks off before the next: the next comes through', async () => {
    for (const cut of [30, 100, members[0].length - 4]) {
      const { text: got, faults } = await unpack(
        Buffer.concat([members[0].subarray(0, cut), members[1], members[2]]),
      );
      expect(got.endsWith(`${parts[1]}${parts[2]}`), `cut at ${cut}`).toBe(true);
      expect(faults).toHaveLength(1);
    }
  });
});
