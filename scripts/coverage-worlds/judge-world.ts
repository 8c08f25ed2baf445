import type { Pool } from '../../apps/shared/database.ts';
import type { CoverageWorld } from './make-world.ts';

/** How the estimate of one total came out. */
export interface Verdict {
  /** `day` for the day as a whole, `hour` for one of its hours. */
  span: 'day' | 'hour';
  /** `all types` or the name of one. */
  eventType: string;
  actual: number;
  /** Null when nothing was stated. */
  estimate: { total: number; low: number; high: number } | null;
  captured: number;
}

export const ALL_TYPES = 'all types';

interface Row {
  hour: number | null;
  event_type: string;
  captured: number;
  total: number | null;
  low: number | null;
  high: number | null;
}

const ESTIMATES = `captured_count::float8 as captured, estimated_total::float8 as total,
  estimated_low::float8 as low, estimated_high::float8 as high`;

/** Compares what gold states of the day with what happened. */
export async function judgeCoverageWorld(
  pool: Pool,
  world: CoverageWorld,
  day: string,
): Promise<Verdict[]> {
  const { rows } = await pool.query<Row>(
    `select null::integer as hour, event_type, ${ESTIMATES} from gold.v_coverage_daily_by_type where day = $1::date
     union all
     select null, $2, ${ESTIMATES} from gold.v_coverage_daily where day = $1::date
     union all
     select extract(hour from hour at time zone 'UTC')::integer, event_type, ${ESTIMATES}
     from gold.feed_coverage where (hour at time zone 'UTC')::date = $1::date
     union all
     select extract(hour from hour at time zone 'UTC')::integer, $2, ${ESTIMATES}
     from gold.v_coverage_hourly where (hour at time zone 'UTC')::date = $1::date`,
    [day, ALL_TYPES],
  );
  return rows.map(({ hour, event_type, captured, total, low, high }) => ({
    span: hour === null ? 'day' : 'hour',
    eventType: event_type,
    actual: countActual(hour === null ? world.truth : [world.truth[hour] ?? new Map()], event_type),
    estimate: total === null || low === null || high === null ? null : { total, low, high },
    captured,
  }));
}

function countActual(hours: readonly Map<string, number>[], eventType: string): number {
  let actual = 0;
  for (const types of hours) {
    for (const [type, count] of types) {
      if (eventType === ALL_TYPES || type === eventType) actual += count;
    }
  }
  return actual;
}
