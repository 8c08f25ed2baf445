import { UserError } from '../../apps/shared/errors.ts';
import type { Part } from './bench-types.ts';
import { api } from './parts/api.ts';
import { backfill } from './parts/backfill.ts';
import { chunks } from './parts/chunks.ts';
import { duckdb } from './parts/duckdb.ts';
import { erasure } from './parts/erasure.ts';
import { exportPart } from './parts/export.ts';
import { fileToGold } from './parts/file-to-gold.ts';
import { floor } from './parts/floor.ts';
import { growth } from './parts/growth.ts';
import { indexes } from './parts/indexes.ts';
import { listenerDay } from './parts/listener-day.ts';
import { live } from './parts/live.ts';
import { queries } from './parts/queries.ts';
import { transformPart } from './parts/transform.ts';
import { ways } from './parts/ways.ts';

/** In the order they run. */
export const allParts: readonly Part[] = [
  floor,
  live,
  ways,
  backfill,
  chunks,
  transformPart,
  fileToGold,
  indexes,
  erasure,
  queries,
  duckdb,
  exportPart,
  growth,
  listenerDay,
  api,
];

/**
 * The parts named, separated by commas, in the order they run; all when none is.
 *
 * @throws UserError that names those there are.
 */
export function chooseParts(named: string | undefined): readonly Part[] {
  if (named === undefined) return allParts;
  const names = named
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const known = allParts.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0 || names.length === 0) {
    const given = unknown.length > 0 ? unknown.join(', ') : named;
    throw new UserError(
      `--only is "${given}", which is no part of the benchmark. The parts are ${known.join(', ')}.`,
    );
  }
  return allParts.filter(({ name }) => names.includes(name));
}
