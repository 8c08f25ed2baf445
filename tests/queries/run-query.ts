import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { warehousePath } from '../../apps/shared/project-root.ts';
import type { TestDatabase } from '../support/test-database.ts';

/** Two sessions far from UTC, one ahead and one behind: a day or an hour cut in their zone comes out wrong. */
export const ZONES = ['Pacific/Auckland', 'America/Los_Angeles'];

const BIGINT = 20;
const NUMERIC = 1700;
const DATE = 1082;
const TIMESTAMPTZ = 1184;

/** Counts as numbers, days as text, times as ISO 8601 in UTC whatever the session's zone. */
const types = {
  getTypeParser: (typeId: number) => {
    if (typeId === BIGINT || typeId === NUMERIC) return Number;
    if (typeId === DATE) return (text: string) => text;
    if (typeId === TIMESTAMPTZ)
      return (text: string) =>
        new Date(text.replace(/([+-]\d\d)$/, '$1:00')).toISOString().replace('.000Z', 'Z');
    return pg.types.getTypeParser(typeId);
  },
} as NonNullable<pg.QueryConfig['types']>;

/**
 * Runs a file of warehouse/queries in a session of some time zone.
 *
 * @param before statements to run in the same transaction first; they are rolled back.
 */
export async function runQuery(
  { pool }: Pick<TestDatabase, 'pool'>,
  name: string,
  zone: string,
  before = '',
): Promise<Record<string, unknown>[]> {
  const text = await readFile(warehousePath('queries', `${name}.sql`), 'utf8');
  const client = await pool.connect();
  try {
    await client.query(`begin; set local timezone = '${zone}'; ${before}`);
    return (await client.query({ text, types })).rows;
  } finally {
    await client.query('rollback');
    client.release();
  }
}

/** A statement for `before`: the query takes this for the present time. */
export function atTime(time: string): string {
  return `
    create schema faked;
    create function faked.now() returns timestamptz language sql stable as $$ select timestamptz '${time}' $$;
    set local search_path = faked, pg_catalog, public;
  `;
}

/** Some columns of the rows, for results of which a test looks at a few. */
export function pick(
  rows: readonly Record<string, unknown>[],
  ...columns: string[]
): Record<string, unknown>[] {
  return rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])));
}
