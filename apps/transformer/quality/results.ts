import type { Queryable } from '../../shared/database.ts';
import type { Check, CheckFault } from './check.ts';
import type { CheckWindow, Outcome } from './run-check.ts';

/** What came of one check in one run. */
export interface CheckResult {
  check: Check | CheckFault;
  outcome: Outcome;
  window: CheckWindow;
}

/** How far a check that has never run looks back, unless everything is to be looked at. */
const FIRST_WINDOW = '1 day';

/**
 * From where each check has to look, and up to where it will have looked when it runs now.
 *
 * A check goes on where its last run ended. One of severity fail that failed, or could not be run, begins again where it
 * began: what was wrong must not fall out of sight.
 */
export async function planWindows(
  client: Queryable,
  checks: readonly Check[],
  options: { checkedAt: string; isFull: boolean },
): Promise<Map<string, CheckWindow>> {
  const { rows } = await client.query<{ check_name: string } & CheckWindow>(
    `with bounds as materialized (
       select behind, ops.checked_until(behind) as until
       from unnest(array[null, 'silver', 'gold']) as pipelines (behind)
     )
     select
       wanted.check_name,
       bounds.until::text as until,
       case
         when $4 then '-infinity'
         when last.check_name is null then ($3::timestamptz - interval '${FIRST_WINDOW}')::text
         when last.severity = 'fail' and last.status in ('fail', 'error') then last.checked_since::text
         else last.checked_until::text
       end as since
     from unnest($1::text[], $2::text[]) as wanted (check_name, behind)
     join bounds on bounds.behind is not distinct from wanted.behind
     left join lateral (
       select * from ops.quality_results as result
       where result.check_name = wanted.check_name
       order by result.checked_at desc, result.result_id desc
       limit 1
     ) as last on true`,
    [
      checks.map(({ name }) => name),
      checks.map(({ behind }) => behind ?? null),
      options.checkedAt,
      options.isFull,
    ],
  );
  return new Map(rows.map(({ check_name, since, until }) => [check_name, { since, until }]));
}

/** Enters results in ops.quality_results, all or none. */
export async function storeResults(
  client: Queryable,
  runId: string,
  checkedAt: string,
  results: readonly CheckResult[],
): Promise<void> {
  const rows = results.map(({ check, outcome, window }) => ({
    check_name: check.name,
    severity: check.severity,
    layer: 'sql' in check ? check.layer : null,
    category: 'sql' in check ? check.category : null,
    status: outcome.status,
    row_count: outcome.rowCount ?? null,
    is_row_count_exact: outcome.isRowCountExact,
    sample: outcome.sample,
    sample_columns: outcome.sampleColumns,
    message: outcome.message ?? null,
    duration_ms: outcome.durationMs,
    checked_since: window.since,
    checked_until: window.until,
  }));
  await client.query(
    `insert into ops.quality_results (
       run_id, checked_at, check_name, severity, layer, category, status, row_count, is_row_count_exact, sample,
       sample_columns, message, duration_ms, checked_since, checked_until)
     select $1, $2, check_name, severity, layer, category, status, row_count, is_row_count_exact, sample::jsonb,
       sample_columns, message, duration_ms, checked_since, checked_until
     from json_to_recordset($3) as result (
       check_name text, severity text, layer text, category text, status text, row_count bigint,
       is_row_count_exact boolean, sample text, sample_columns text[], message text, duration_ms bigint,
       checked_since timestamptz, checked_until timestamptz)`,
    [runId, checkedAt, JSON.stringify(rows)],
  );
}
