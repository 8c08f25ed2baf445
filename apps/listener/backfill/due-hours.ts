import type { ArchiveSource } from '../../shared/config.ts';
import type { Pool } from '../../shared/database.ts';
import type { ArchiveJob } from './backfill-hours.ts';

/** Archive hours that were missing, empty or could not be fetched, and whose time to be tried again has come. */
export async function findDueHours(
  pool: Pool,
  archives: readonly ArchiveSource[],
): Promise<ArchiveJob[]> {
  const { rows } = await pool.query<{ hour: string; archive: string }>(
    `select to_char(hour at time zone 'UTC', 'YYYY-MM-DD"T"HH24') as hour, ops.source_class(source) as archive
     from ops.source_files
     where hour is not null and next_retry_at <= now() and ops.source_class(source) = any ($1::text[])
     order by source_files.hour`,
    [archives.map(({ name }) => name)],
  );
  return rows.flatMap(({ hour, archive }) => {
    const found = archives.find(({ name }) => name === archive);
    return found === undefined ? [] : [{ hour, archive: found }];
  });
}
