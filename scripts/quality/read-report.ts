import { readFile } from 'node:fs/promises';
import type { Queryable } from '../../apps/shared/database.ts';
import { warehousePath } from '../../apps/shared/project-root.ts';
import { type Check, type CheckFault, claimOf } from '../../apps/transformer/quality/check.ts';
import type { CheckList } from '../../apps/transformer/quality/list-checks.ts';
import type { Status } from '../../apps/transformer/quality/run-check.ts';
import type { CheckReport, Report } from './report.ts';

/** The latest result of every check that has run, or of some, with what goes with it. */
export async function readReport(
  client: Queryable,
  { checks, faults }: CheckList,
  { only }: { only?: readonly string[] } = {},
): Promise<Report> {
  const known = new Map([...checks, ...faults].map((check) => [check.name, check]));
  const names = [...known.keys()].filter((name) => only === undefined || only.includes(name));
  const rows = (await query<ResultRow>(client, 'quality/latest-results')).filter(({ check_name }) =>
    names.includes(check_name),
  );
  const reports = rows.map((row) => describe(row, known.get(row.check_name)));
  const totals: Record<Status, number> = { pass: 0, fail: 0, warn: 0, error: 0, skipped: 0 };
  for (const { status } of reports) totals[status]++;
  const [about] = await query<Report['warehouse'] & { made_at: string }>(
    client,
    'quality/warehouse',
  );
  if (about === undefined) throw new Error('The database did not say what it is.');
  const { made_at, ...warehouse } = about;
  return {
    made_at,
    warehouse,
    totals,
    checks: reports,
    changes: await query(client, 'quality/field-changes'),
    profiles: await query(client, 'quality/column-profiles'),
    volume: await query(client, 'quality/volume-by-day'),
    types: await query(client, 'quality/volume-by-type'),
    tables: await query(client, 'status/row-counts'),
  };
}

interface ResultRow extends Omit<CheckReport, 'name' | 'claim' | 'why' | 'grain' | 'category'> {
  check_name: string;
  category: string | null;
}

function describe(row: ResultRow, check: Check | CheckFault | undefined): CheckReport {
  const { check_name, category, ...result } = row;
  const isCheck = check !== undefined && 'sql' in check;
  return {
    name: check_name,
    claim: claimOf(check_name),
    category: category ?? 'no check',
    why: isCheck ? check.why : '',
    grain: isCheck ? check.grain : '',
    ...result,
  };
}

/** Each file gives one JSON array, so that the database writes times and numbers, and no driver comes between. */
async function query<T>(client: Queryable, name: string): Promise<T[]> {
  const sql = await readFile(warehousePath('queries', `${name}.sql`), 'utf8');
  const text = `select coalesce(json_agg(row_to_json(found)), '[]') as rows from (\n${sql.trim().replace(/;$/, '')}\n) as found`;
  await client.query(`set timezone = 'UTC'`);
  const { rows } = await client.query<{ rows: T[] }>(text);
  return rows[0]?.rows ?? [];
}
