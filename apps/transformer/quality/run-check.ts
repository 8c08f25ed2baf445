import pg from 'pg';
import type { Queryable } from '../../shared/database.ts';
import { codeOf, isTransient, messageOf } from '../../shared/errors.ts';
import type { Check } from './check.ts';

export type Status = 'pass' | 'fail' | 'warn' | 'error' | 'skipped';

/** Which rows a check looks at. Times are PostgreSQL's text: a JavaScript Date would lose their microseconds. */
export interface CheckWindow {
  since: string;
  until: string;
}

export interface Outcome {
  status: Status;
  /** Offending rows; undefined when the check could not be run. */
  rowCount: number | undefined;
  isRowCountExact: boolean;
  /** Some of them, as JSON text: numbers keep all their digits. */
  sample: string;
  sampleColumns: string[];
  /** Why it was skipped, or could not be run. */
  message: string | undefined;
  durationMs: number;
}

export interface CheckContext {
  client: Queryable;
  window: CheckWindow;
  /** Each becomes assay.NAME. */
  settings: Readonly<Record<string, string>>;
  timeoutMs: number;
}

/** Counting the rows of a check that went wrong altogether helps nobody. */
const COUNT_LIMIT = 100_000;
const SAMPLE_SIZE = 10;
const LONGEST_VALUE = 300;
/** SQLSTATE query_canceled: the statement took longer than it may. */
const CANCELED = '57014';

/**
 * Runs one check in a transaction that only reads, and gives it up after its time.
 *
 * @returns `error` for a check that PostgreSQL refuses or that takes too long.
 * @throws when the connection is lost.
 */
export async function runCheck(check: Check, context: CheckContext): Promise<Outcome> {
  const { client, timeoutMs } = context;
  const startedAt = performance.now();
  const took = () => Math.round(performance.now() - startedAt);
  try {
    await begin(context);
    // By the extended protocol, which takes one statement: a file cannot end the transaction and write.
    const query = {
      text: countRows(fillIn(check.sql, context)),
      queryMode: 'extended',
    } as pg.QueryConfig;
    const { rows } = await client.query<FoundRow>(query);
    await client.query('rollback');
    return { ...judge(check, rows[0]), durationMs: took() };
  } catch (error) {
    if (isTransient(error)) throw error;
    await client.query('rollback');
    const message =
      codeOf(error) === CANCELED
        ? `It took longer than ${timeoutMs / 1000} s and was given up. Try: npm run quality -- --only ${check.name} --set timeout_seconds=600`
        : messageOf(error);
    return { ...nothing, status: 'error', rowCount: undefined, message, durationMs: took() };
  }
}

interface FoundRow {
  row_count: string;
  sample: string;
  sample_columns: string[];
  skipped_because: string | null;
}

const nothing = { rowCount: 0, isRowCountExact: true, sample: '[]', sampleColumns: [] };

function judge(check: Check, found: FoundRow | undefined): Omit<Outcome, 'durationMs'> {
  const rowCount = Number(found?.row_count ?? 0);
  const skipped = found?.skipped_because ?? undefined;
  if (found === undefined || rowCount === 0)
    return { ...nothing, status: skipped === undefined ? 'pass' : 'skipped', message: skipped };
  return {
    status: check.severity,
    rowCount: Math.min(rowCount, COUNT_LIMIT),
    isRowCountExact: rowCount <= COUNT_LIMIT,
    sample: found.sample,
    sampleColumns: found.sample_columns.filter((name) => name !== 'skipped_because'),
    message: undefined,
  };
}

async function begin({ client, window, settings, timeoutMs }: CheckContext): Promise<void> {
  await client.query('begin transaction isolation level repeatable read, read only');
  const all = {
    ...Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [`assay.${name}`, value]),
    ),
    'assay.checked_since': window.since,
    statement_timeout: String(timeoutMs),
    timezone: 'UTC',
    // Compiling costs more than it saves in queries this short.
    jit: 'off',
  };
  await client.query(
    'select set_config(name, value, true) from json_each_text($1) as setting (name, value)',
    [JSON.stringify(all)],
  );
}

/**
 * Writes what the run sets into the query. On a distributed server a setting of the session does not reach the workers,
 * and the planner knows more of a constant.
 */
function fillIn(sql: string, { window, settings }: CheckContext): string {
  return sql
    .replaceAll('ops.checked_since()', `${pg.escapeLiteral(window.since)}::timestamptz`)
    .replaceAll(
      'ops.checked_at()',
      `${pg.escapeLiteral(settings.checked_at ?? 'now')}::timestamptz`,
    )
    .replace(/current_setting\('assay\.([a-z0-9_]+)'\)/g, (written, name: string) => {
      const value = settings[name];
      return value === undefined ? written : `${pg.escapeLiteral(value)}::text`;
    });
}

/** Rows with a `skipped_because` are no offence: the check tells with them that it has too little to go by. */
function countRows(sql: string): string {
  return `
with found as materialized (
    select row_to_json(check_rows) as fields
    from (
${sql}
    ) as check_rows
    limit ${COUNT_LIMIT + 1}
),
offending as (
    select fields from found where fields ->> 'skipped_because' is null
),
shown as (
    select fields from offending limit ${SAMPLE_SIZE}
)
select
    (select count(*) from offending) as row_count,
    (
        select coalesce(jsonb_agg(fitting.fields), '[]')::text
        from shown
        cross join lateral (
            select jsonb_object_agg(
                key,
                case
                    when length(value::text) > ${LONGEST_VALUE} then to_jsonb(left(value #>> '{}', ${LONGEST_VALUE}) || '…')
                    else value
                end
            ) as fields
            from jsonb_each(shown.fields::jsonb - 'skipped_because')
        ) as fitting
    ) as sample,
    array(select json_object_keys(fields) from (select fields from shown limit 1) as first_row) as sample_columns,
    (select min(fields ->> 'skipped_because') from found) as skipped_because`;
}
