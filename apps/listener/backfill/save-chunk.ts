import type { Client } from '../../shared/database.ts';
import { addDeadLetters, type Refusal } from '../add-dead-letters.ts';
import { insertItems } from '../insert-items.ts';
import type { Item } from './item.ts';
import { salvage } from './salvage.ts';

/** What became of a chunk. fetched = inserted + duplicates + deadLettered, always. */
export interface ChunkCounts {
  fetched: number;
  inserted: number;
  duplicates: number;
  deadLettered: number;
}

/**
 * Stores a chunk of a file in bronze inside the caller's transaction. What looks odd is stored apart from the rest, what
 * is refused is taken apart once, and what is refused then goes to the dead letters.
 *
 * @throws any error that is not the data's fault: the transaction has to be rolled back and run again.
 */
export async function saveChunk(
  client: Client,
  source: string,
  items: readonly Item[],
): Promise<ChunkCounts> {
  let inserted = 0;
  const insert = async (batch: readonly Item[]) => {
    const { stored, refused } = await insertItems(client, source, batch);
    inserted += stored.inserted;
    return refused;
  };

  const sound: Item[] = [];
  const suspects: Item[] = [];
  const refused: Refusal<Item>[] = [];
  for (const item of items) {
    if (item.fault !== undefined) refused.push({ item, ...item.fault });
    else (item.isSuspect ? suspects : sound).push(item);
  }
  refused.push(...(await insert(sound)), ...(await insert(suspects)));

  const lost: Refusal<Item>[] = [];
  const found: Item[] = [];
  for (const refusal of refused) {
    const salvaged = salvage(refusal);
    found.push(...salvaged.found);
    lost.push(...salvaged.lost);
  }
  const pieces = found.length + lost.length;
  lost.push(...(await insert(found)));
  await addDeadLetters(client, source, lost);

  const fetched = items.length - refused.length + pieces;
  const deadLettered = lost.length;
  return { fetched, inserted, duplicates: fetched - inserted - deadLettered, deadLettered };
}
