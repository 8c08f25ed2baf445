import type { Queryable } from '../../shared/database.ts';

/** A file to fetch. */
export interface WantedFile {
  /** gharchive or archive:NAME. */
  archive: string;
  /** Start of the UTC hour, such as 2026-01-31T07. */
  hour: string;
  /** The gaps that ask for it. */
  gapIds: string[];
}

export interface HealingPlan {
  openGaps: number;
  /** The files to fetch now, those of the gaps tried least often first. */
  files: WantedFile[];
  /** Files beyond the limit, left for the next time. */
  leftForLater: number;
}

export interface PlanOptions {
  archives: readonly string[];
  /** Further hours after each gap, for events that appeared late. */
  lateHours: number;
  /** Most files to fetch in one run. */
  maxFiles: number;
  now: Date;
}

/** Says which archive files the open gaps ask for. Changes nothing. */
export async function planHealing(client: Queryable, options: PlanOptions): Promise<HealingPlan> {
  const { archives, lateHours, maxFiles, now } = options;
  const gaps = await client.query<{ count: number }>(
    `select count(*)::integer as count from ops.feed_gaps where status = 'open'`,
  );
  const { rows } = await client.query<WantedFile>(
    `select archive, to_char(hour at time zone 'UTC', 'YYYY-MM-DD"T"HH24') as hour, gap_ids::text[] as "gapIds"
     from ops.plan_healing($1::text[], $2, $3)`,
    [archives, lateHours, now],
  );
  return {
    openGaps: gaps.rows[0]?.count ?? 0,
    files: rows.slice(0, maxFiles),
    leftForLater: Math.max(0, rows.length - maxFiles),
  };
}
