import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Queryable } from '../database.ts';
import { messageOf } from '../errors.ts';
import { warehousePath } from '../project-root.ts';

/** A file of warehouse/alerts/: a query whose rows are what is wrong. */
export interface Condition {
  name: string;
  sql: string;
  /** Tables it reads that this warehouse may not have; without one of them it does not apply. */
  needs: string[];
}

export interface Findings {
  /** As ops.note_findings takes them. */
  found: Record<string, unknown>[];
  /** Conditions whose answer is known. */
  checked: string[];
  /** Why others could not be read. */
  faults: string[];
}

/** Stands for the conditions themselves, so that one that cannot be read is told like anything else. */
const UNREADABLE = 'condition_cannot_be_read';

/** Reads the conditions of a folder: any file there that ends in .sql. A line `-- Needs: ops.x, ops.y` names tables. */
export function readConditions(folder: string = warehousePath('alerts')): Condition[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name), 'utf8');
      const needs = /^-- Needs: (.+)$/m.exec(sql)?.[1] ?? '';
      return {
        name: name.slice(0, -'.sql'.length),
        sql: sql.trimEnd().replace(/;$/, ''),
        needs: needs.split(/[ ,]+/).filter((table) => table !== ''),
      };
    });
}

/**
 * Runs the conditions, each in a transaction of its own that only reads.
 *
 * @param settings each becomes assay.NAME, where a condition reads it with current_setting.
 * @throws when the connection is lost; a condition that fails is a finding itself.
 */
export async function runConditions(
  client: Queryable,
  conditions: readonly Condition[],
  settings: Readonly<Record<string, string>>,
): Promise<Findings> {
  const findings: Findings = { found: [], checked: [UNREADABLE], faults: [] };
  for (const condition of conditions) {
    try {
      findings.found.push(...(await runCondition(client, condition, settings)));
      findings.checked.push(condition.name);
    } catch (error) {
      // Throws when the connection is gone: then nothing is known of anything.
      await client.query('rollback');
      const reason = `warehouse/alerts/${condition.name}.sql cannot be read: ${messageOf(error)}`;
      findings.faults.push(reason);
      findings.found.push({
        condition: UNREADABLE,
        subject: condition.name,
        severity: 'warn',
        detail: `${reason}. Whether all is well there is not known.`,
      });
    }
  }
  return findings;
}

async function runCondition(
  client: Queryable,
  { name, sql, needs }: Condition,
  settings: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>[]> {
  await client.query('begin transaction read only');
  await client.query(`set local statement_timeout = '30s'`);
  for (const [setting, value] of Object.entries(settings))
    await client.query('select set_config($1, $2, true)', [`assay.${setting}`, value]);
  let found: Record<string, unknown>[] = [];
  if (await hasTables(client, needs)) {
    // As text: a Date would lose the microseconds of `since`.
    const { rows } = await client.query<{ found: string }>(
      `select jsonb_build_object(
         'condition', $1::text, 'subject', left(subject, 200), 'severity', severity, 'detail', left(detail, 1000), 'since', since,
         'is_news', to_jsonb(found) -> 'is_news'
       )::text as found
       from (\n${sql}\n) as found`,
      [name],
    );
    found = rows.map((row) => JSON.parse(row.found) as Record<string, unknown>);
  }
  await client.query('rollback');
  const odd = found.find(
    ({ subject, severity, detail }) =>
      (severity !== 'fail' && severity !== 'warn') || subject === null || detail === null,
  );
  if (odd !== undefined)
    throw new Error(
      `expected a subject, a detail and the severity fail or warn in each row, found ${JSON.stringify(odd)}`,
    );
  return found;
}

async function hasTables(client: Queryable, tables: readonly string[]): Promise<boolean> {
  if (tables.length === 0) return true;
  const { rows } = await client.query<{ has_all: boolean }>(
    'select bool_and(to_regclass(name) is not null) as has_all from unnest($1::text[]) as name',
    [tables],
  );
  return rows[0]?.has_all === true;
}
