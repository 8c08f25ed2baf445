import type { Queryable } from './database.ts';
import { UserError } from './errors.ts';

/** Where a warehouse's events come from. */
export type Origin = 'github' | 'simulator';

/** Thrown when made-up events would come among real ones, or real ones among made-up ones. */
export class MixedOrigins extends UserError {
  override name = 'MixedOrigins';
}

const REFUSALS: Record<Origin, string> = {
  simulator:
    'This warehouse holds events of the real GitHub; a demo would mix made-up ones among them. Set EMBEDDED_DATA_DIR (or DATABASE_URL) to another place for the demo, and GITHUB_API_URL and GITHUB_ARCHIVE_URL to the real ones for this one.',
  github:
    'This warehouse holds the made-up events of a demo; real ones must not be mixed among them. Remove its data folder (EMBEDDED_DATA_DIR, by default .data/postgres), or set EMBEDDED_DATA_DIR or DATABASE_URL to another place. To go on with the demo, set GITHUB_API_URL and GITHUB_ARCHIVE_URL to its simulator.',
};

/** Whose answer it is, by its `server` header: everything but the simulator counts as the real GitHub. */
export function originOf(server: unknown): Origin {
  return server === 'assay-simulator' ? 'simulator' : 'github';
}

/**
 * Notes once what kind of events a warehouse holds, and keeps the two kinds apart ever after.
 *
 * @throws MixedOrigins when it holds the other kind.
 */
export async function claimOrigin(database: Queryable, origin: Origin): Promise<void> {
  await database.query(
    'insert into ops.warehouse_origin (origin) values ($1) on conflict do nothing',
    [origin],
  );
  const { rows } = await database.query<{ origin: Origin }>(
    'select origin from ops.warehouse_origin',
  );
  if (rows[0]?.origin !== origin) throw new MixedOrigins(REFUSALS[origin]);
}
