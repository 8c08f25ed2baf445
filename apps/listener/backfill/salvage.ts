import type { Refusal } from '../add-dead-letters.ts';
import { Item } from './item.ts';
import { placeInside } from './places.ts';
import { createValueSplitter } from './split-values.ts';

/** What is left of an item that was refused: events in it that may be stored after all, and the rest. */
export interface Salvage {
  found: Item[];
  lost: Refusal<Item>[];
}

/**
 * Takes apart what was refused whole: two objects on one line, a half line with a whole one glued to it, a run of NUL
 * bytes before an event, an array on a line. What is left of it keeps its exact bytes and its place.
 */
export function salvage(refusal: Refusal<Item>): Salvage {
  const { item } = refusal;
  const nothing = { found: [], lost: [refusal] };
  // The row of a CSV file was taken apart already.
  if (item.json !== undefined) return nothing;
  const { bytes } = item;
  const { items } = createValueSplitter({ verify: true }).split(bytes, true);
  const isWhole = items.length === 1 && items[0]?.bytes.length === bytes.length;
  // What is good JSON as it stands was refused for another reason.
  if (isWhole || items.every(({ fault }) => fault !== undefined)) return nothing;
  const result: Salvage = { found: [], lost: [] };
  for (const { start, end, line, column, fault } of items) {
    const piece = new Item(bytes, start, end, placeInside(item, { line, column }));
    if (fault === undefined) result.found.push(piece);
    else result.lost.push({ item: piece, ...fault });
  }
  return result;
}
