import type { Queryable } from './database.ts';
import { UserError } from './errors.ts';

/** Where a warehouse's events come from. */
export type Origin = 'github' | 'simulator';

const REFUSALS: Record<Origin, string> = {
  simulator:
    'This warehouse holds events of the real GitHub; a demo would mix made-up ones among them. Set EMBEDDED_DATA_DIR (or DATABASE_URL) to another place for the demo.',
  github:
    'This warehouse holds the made-up events of a demo; real ones must not be mixed among them. Remove its data folder (EMBEDDED_DATA_DIR, by default .data/postgres), or set EMBEDDED_DATA_DIR or DATABASE_URL to another place.',
};

/**
 * Notes once what kind of events a warehouse holds, and keeps the two kinds apart ever after.
 *
 * @throws UserError when it holds the other kind.
 */
export async function claimOrigin(database: Queryable, origin: Origin): Promise<void> {
  await database.query(
    'insert into ops.warehouse_origin (origin) values ($1) on conflict do nothing',
    [origin],
  );
  const { rows } = await database.query<{ origin: Origin }>(
    'select origin from ops.warehouse_origin',
  );
  if (rows[0]?.origin !== origin) throw new UserError(REFUSALS[origin]);
}
