import type { Refusal } from '../add-dead-letters.ts';
import type { RawItem } from '../save-events.ts';
import { describePlace } from './places.ts';

/**
 * One item of a file. A chunk has thousands of them, which live until it is stored: their bytes and their place are
 * made when they are asked for, or the garbage collector would have more to do than all the rest.
 */
export class Item implements RawItem {
  /** Where it begins and ends, in bytes of the text; a splitter counts from the start of the window it was given. */
  start: number;
  end: number;
  /** Looks as if PostgreSQL might refuse it: it is stored apart, so that it costs the others nothing. */
  isSuspect = false;
  /** Certainly no event. */
  fault: Pick<Refusal, 'code' | 'message'> | undefined;
  /** The JSON, where it is not what the window holds. */
  json: Buffer | undefined;
  csvColumns: string | undefined;
  readonly line: number;
  readonly column: number;
  readonly #window: Buffer;
  readonly #offset: number;

  constructor(window: Buffer, start: number, end: number, place: { line: number; column: number }) {
    this.#window = window;
    this.#offset = start;
    this.start = start;
    this.end = end;
    this.line = place.line;
    this.column = place.column;
  }

  /** Its bytes as they stood in the text. */
  get original(): Buffer {
    return this.#window.subarray(this.#offset, this.#offset + this.end - this.start);
  }

  get bytes(): Buffer {
    return this.json ?? this.original;
  }

  get length(): number {
    return this.json?.length ?? this.end - this.start;
  }

  copyTo(target: Buffer, position: number): number {
    if (this.json !== undefined) return this.json.copy(target, position);
    return this.#window.copy(target, position, this.#offset, this.#offset + this.end - this.start);
  }

  get position(): string {
    return describePlace(this.line, this.column);
  }
}

/** Cuts a text into items, window by window. Holds where in the text's structure it is. */
export interface Splitter {
  /**
   * @param window begins where the last call stopped consuming.
   * @param isEnd whether nothing follows the window.
   * @returns the items that lie whole in the window, and how many of its bytes are done with.
   */
  split: (window: Buffer, isEnd: boolean) => { items: Item[]; consumed: number };
  /** After the end: what the text lacked, such as the end of its array. */
  trouble: () => string | undefined;
}

/**
 * Longer items are cut into pieces of this length, which go to the dead letters: GitHub's events are under 1 MB, and
 * memory must stay flat whatever the file holds.
 */
export const LONGEST_ITEM = 16 * 1024 * 1024;

/** SQLSTATE of text that is no JSON. */
export const NOT_JSON = '22P02';
/** SQLSTATE of text that PostgreSQL cannot even receive. */
export const NOT_TEXT = '22021';
