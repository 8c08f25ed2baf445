// Randomness that is a pure function of numbers: any event can be made again from its place
// in the timeline, without those before it.

/** Gives the next number in [0, 1). */
export type Random = () => number;

/** Mixes whole numbers (any sign, up to 2^53) into one unsigned 32-bit number; order matters. */
export function mix(...parts: number[]): number {
  let hash = 0x9e3779b9;
  for (const part of parts) {
    hash = scramble(hash ^ (part | 0));
    // Numbers above 32 bits (epoch milliseconds, large seeds) must not lose their upper part.
    hash = scramble(hash ^ Math.floor(part / 4294967296));
  }
  return hash >>> 0;
}

/** Hashes text to an unsigned 32-bit number (FNV-1a). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return scramble(hash) >>> 0;
}

/** Turns a mixed number into a share in [0, 1). */
export function share(hash: number): number {
  return hash / 4294967296;
}

/** Builds a stream of numbers from a seed (mulberry32: small, fast, passes gjrand). */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 4294967296;
  };
}

/** A whole number in [0, limit). */
export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

/** One of the list, which must not be empty. */
export function pick<T>(random: Random, list: readonly T[]): T {
  return list[below(random, list.length)] as T;
}

/** A whole number in [0, limit) that favours small ones, as activity on GitHub does. */
export function popular(random: Random, limit: number): number {
  const number = random();
  return Math.floor(limit * number * number * number);
}

/** Lower-case hexadecimal digits, e.g. 40 for a commit. */
export function hex(random: Random, digits: number): string {
  let text = '';
  while (text.length < digits) {
    text += Math.floor(random() * 4294967296)
      .toString(16)
      .padStart(8, '0');
  }
  return text.slice(0, digits);
}

// The finalizer of murmur3: every input bit reaches every output bit.
function scramble(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
