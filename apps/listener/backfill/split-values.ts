import { findEventIn } from './find-event-in.ts';
import { findInnerArray } from './find-inner-array.ts';
import { Item, LONGEST_ITEM, NOT_JSON, NOT_TEXT, type Splitter } from './item.ts';
import { parseObject } from './looks-like-event.ts';
import { createPlaces } from './places.ts';
import { findStringEnd, findValueEnd, isSpace, skipSpace, UNFINISHED } from './scan-value.ts';

const NUL = 0x00;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const RECORD_SEPARATOR = 0x1e;

export interface ValueOptions {
  /** Objects hold the events in the first array of objects inside them. */
  isWrapped?: boolean;
  /** Parse every value, and treat one that is no JSON as torn: for what PostgreSQL has refused already. */
  verify?: boolean;
}

/** Where in the text's structure the next byte is. */
type Place =
  | { kind: 'top' }
  /** Inside the array of events; `outside` brackets are open around it. */
  | { kind: 'array'; outside: number }
  /** After the array, before the end of the wrapper. */
  | { kind: 'tail'; open: number };

/**
 * Cuts a text of JSON values into its events: the items of arrays, objects one after the other, the items of the array
 * inside a wrapper. Values may span lines. What is torn goes aside as a fault, up to the next event beyond doubt.
 */
export function createValueSplitter({
  isWrapped = false,
  verify = false,
}: ValueOptions = {}): Splitter {
  const places = createPlaces();
  let place: Place = { kind: 'top' };
  let trouble: string | undefined;

  function split(window: Buffer, isEnd: boolean): { items: Item[]; consumed: number } {
    const items: Item[] = [];
    let position = 0;

    /** @returns false when the window ends first. */
    function addValue(start: number): boolean {
      const end = findValueEnd(window, start);
      const isWhole = end >= 0 && (!verify || parseJson(window, start, end));
      if (isWhole || (end === UNFINISHED && isEnd && isScalar(window, start))) {
        addItem(start, end < 0 ? window.length : end);
        position = end < 0 ? window.length : end;
        return true;
      }
      const maySeeMore = !isEnd && window.length - start < LONGEST_ITEM;
      if (end === UNFINISHED && maySeeMore) return false;
      const next = findEventIn(window, start + 1);
      if (next === undefined && maySeeMore) return false;
      addTorn(start, next ?? window.length);
      return true;
    }

    function addTorn(from: number, to: number): void {
      position = to;
      let end = to;
      while (end > from && (isSpace(window[end - 1]) || window[end - 1] === COMMA)) end--;
      addItem(from, end).fault = { code: NOT_JSON, message: 'a torn piece of JSON' };
    }

    /** @returns false when the window ends first: a run is one item wherever windows end. */
    function addNuls(start: number): boolean {
      let end = start;
      while (window[end] === NUL && end - start < LONGEST_ITEM) end++;
      if (end === window.length && !isEnd && end - start < LONGEST_ITEM) return false;
      addItem(start, end).fault = { code: NOT_TEXT, message: 'NUL bytes' };
      position = end;
      return true;
    }

    function addItem(start: number, end: number): Item {
      const item = new Item(window, start, end, places.at(window, start));
      items.push(item);
      return item;
    }

    /** @returns false when the window ends first. */
    function step(): boolean {
      position = skipBetween(window, position);
      if (position >= window.length) return false;
      const byte = window[position];
      if (place.kind === 'tail') return skipTail();
      if (byte === NUL) return addNuls(position);
      if (place.kind === 'array' && byte === CLOSE_BRACKET) {
        position++;
        place = place.outside === 0 ? { kind: 'top' } : { kind: 'tail', open: place.outside };
      } else if (place.kind === 'top' && byte === OPEN_BRACKET) {
        position++;
        place = { kind: 'array', outside: 0 };
      } else if (place.kind === 'top' && byte === OPEN_BRACE && isWrapped) {
        const inner = findInnerArray(window, position);
        if (inner === undefined && !isEnd && window.length - position < LONGEST_ITEM) return false;
        if (inner === undefined) return addValue(position);
        position = inner.at + 1;
        place = { kind: 'array', outside: inner.outside };
      } else {
        return addValue(position);
      }
      return true;
    }

    function skipTail(): boolean {
      const tail = place as Extract<Place, { kind: 'tail' }>;
      for (; position < window.length; position++) {
        const byte = window[position];
        if (byte === QUOTE) {
          const end = findStringEnd(window, position);
          if (end === UNFINISHED && !isEnd) return false;
          position = end < 0 ? window.length : end - 1;
        } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) tail.open++;
        else if (byte === 0x7d || byte === CLOSE_BRACKET) {
          tail.open--;
          if (tail.open === 0) {
            position++;
            place = { kind: 'top' };
            return true;
          }
        }
      }
      return false;
    }

    while (step());
    places.leave(window, position);
    if (isEnd && place.kind !== 'top') trouble = 'the JSON ends before its brackets are closed';
    return { items, consumed: position };
  }

  return { split, trouble: () => trouble };
}

/** Between values there may be commas, and record separators (RFC 7464). */
function skipBetween(window: Buffer, start: number): number {
  let position = start;
  for (;;) {
    const next = skipSpace(window, position);
    if (window[next] !== COMMA && window[next] !== RECORD_SEPARATOR) return next;
    position = next + 1;
  }
}

function isScalar(window: Buffer, start: number): boolean {
  const byte = window[start];
  return byte !== OPEN_BRACE && byte !== OPEN_BRACKET && byte !== QUOTE;
}

function parseJson(window: Buffer, start: number, end: number): boolean {
  return parseObject(window.toString('utf8', start, end)) !== undefined;
}
