// Cuts a stream of bytes into JSON items, so that what is served later are the file's own bytes.
import { isOneValue, openBracket, trim } from './scan-value.ts';
import { splitLines } from './split-lines.ts';
import { splitValues } from './split-values.ts';

export interface ItemSplitter {
  /** Items that the chunk completes. */
  push(chunk: Buffer): Buffer[];
  /** What is left at the end of the file. */
  end(): Buffer[];
}

/**
 * Builds a splitter. A file whose first line is a whole value is read by lines, any other as an
 * array (or one value after another) by its brackets.
 * @param onSkipped gets what no JSON array can carry, such as a torn line
 */
export function createItemSplitter(onSkipped: (bytes: Buffer) => void): ItemSplitter {
  let head: Buffer = Buffer.alloc(0);
  let chosen: ItemSplitter | null = null;

  function choose(isWhole: boolean): ItemSplitter | null {
    const text = trim(head);
    if (text[0] === openBracket) return splitValues(onSkipped);
    const end = text.indexOf('\n');
    // For lines the first must be seen to its end.
    if (end === -1 && !isWhole) return null;
    const first = trim(end === -1 ? text : text.subarray(0, end));
    return isOneValue(first) ? splitLines(onSkipped) : splitValues(onSkipped);
  }

  function push(chunk: Buffer, isWhole = false): Buffer[] {
    if (chosen !== null) return chosen.push(chunk);
    head = Buffer.concat([head, chunk]);
    chosen = choose(isWhole);
    return chosen === null ? [] : chosen.push(head);
  }

  return {
    push: (chunk) => push(chunk),
    end: () => [...push(Buffer.alloc(0), true), ...(chosen?.end() ?? [])],
  };
}
