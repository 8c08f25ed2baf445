import { runTransform } from '../support/run-transform.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { check, loadFile, ordinaryEvent, poll } from './support.ts';

/** Thresholds for a warehouse this small. */
export const SMALL = { mix_min_events: '100', flood_min_events: '100' };

/**
 * A loaded warehouse in which every check passes, with history enough that none is skipped: yesterday from a file, the
 * last minutes from a feed, weeks of hourly counts, ten profiles.
 */
export async function makeHealthy(database: TestDatabase): Promise<void> {
  const now = Date.now();
  const midnight = Math.floor(now / 86_400_000) * 86_400_000;
  const yesterday = Array.from({ length: 480 }, (_, index) =>
    ordinaryEvent(index, new Date(midnight - 86_400_000 + index * 180_000).toISOString()),
  );
  const recent = Array.from({ length: 300 }, (_, index) =>
    ordinaryEvent(1000 + index, new Date(now - 600_000 + index * 1000).toISOString()),
  );
  await loadFile(database, 'yesterday.json', yesterday);
  await poll(database, recent);
  await runTransform(database.connectionString);
  await database.pool.query(`
    insert into gold.feed_coverage (hour, event_type, captured_count, own_count, archive_count, counts_by_source, counts_by_history, method, reason, computed_at)
    select hour - make_interval(days => days), event_type, captured_count, 0, 0, '{}', '{}', 'none', 'made up', now() - interval '10 days'
    from gold.feed_coverage
    cross join (select unnest(array[1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 21, 28, 35, 42, 49, 56]) as days) as earlier
    where hour < date_trunc('day', now() at time zone 'UTC') at time zone 'UTC'
    on conflict do nothing`);
  await database.pool.query(
    'select ops.profile_columns(5000, now() - make_interval(days => day)) from generate_series(1, 10) as day',
  );
  // Learns the fields, so that a change of them can be told.
  await check(database, { settings: SMALL });
  await database.pool.query('truncate ops.quality_results');
}
