import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll } from 'vitest';
import { rawTypes } from '../../apps/shared/report/sql-values.ts';
import type { Tally } from '../../scripts/export/export-types.ts';
import { readExportOptions } from '../../scripts/export/read-export-options.ts';
import { runExport } from '../../scripts/export/run-export.ts';
import { createSink, openTestReader } from '../scripts/support.ts';
import type { TestDatabase } from '../support/test-database.ts';

type Values = Parameters<typeof readExportOptions>[0];

/** Gives the suite a folder of its own. */
export function useFolder(): { path: (name: string) => string; list: () => string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'assay-export-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    path: (name) => join(folder, name),
    list: () =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort(),
  };
}

/** Exports as the command does; what goes to standard output is given back. */
export async function runTestExport(
  database: Pick<TestDatabase, 'connectionString'>,
  table: string | undefined,
  values: Values,
  signal: AbortSignal = new AbortController().signal,
): Promise<Tally & { stdout: string }> {
  const options = readExportOptions(values, table === undefined ? [] : [table]);
  const reader = await openTestReader(database.connectionString);
  const tally: Tally = { rows: 0, files: 0, bytes: 0 };
  const { stream, text } = createSink();
  await runExport({ reader, options, tally, signal, stdout: stream });
  return { ...tally, stdout: text() };
}

/** Rows as an independent reader of the formats sees them. */
export interface Duck {
  /** Each value as DuckDB casts it to text. */
  texts: (sql: string) => Promise<(string | null)[][]>;
  /** Names and types of the columns. */
  types: (sql: string) => Promise<Record<string, string>>;
}

/** Gives the suite a DuckDB, whose times are UTC. */
export function useDuckdb(): Duck {
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:');
    connection = await instance.connect();
    await connection.run(`set TimeZone = 'UTC'`);
  });
  afterAll(() => {
    connection.closeSync();
    instance.closeSync();
  });
  const describe = async (sql: string) =>
    (await connection.runAndReadAll(`describe ${sql}`)).getRows() as string[][];
  return {
    types: async (sql) =>
      Object.fromEntries((await describe(sql)).map(([name = '', type = '']) => [name, type])),
    texts: async (sql) => {
      const columns = await describe(sql);
      const list = columns.map(([name = '', type = '']) => {
        const column = `"${name.replaceAll('"', '""')}"`;
        if (type === 'BLOB') return `'\\x' || lower(hex(${column}))`;
        // DuckDB has another way of writing years before Christ and past 9999.
        if (type.startsWith('TIMESTAMP')) return `epoch_us(${column})::varchar`;
        if (type === 'DATE') return `(epoch_us(${column}::timestamp))::varchar`;
        return `${column}::varchar`;
      });
      const reader = await connection.runAndReadAll(`select ${list.join(', ')} from (${sql})`);
      return reader.getRows() as (string | null)[][];
    },
  };
}

/** How DuckDB reads what we write, with every value as it stands there. */
export const readCsv = (path: string) =>
  `select * from read_csv('${path}', header = true, all_varchar = true, nullstr = '', allow_quoted_nulls = false, quote = '"', escape = '"', delim = ',')`;

/** The rows as PostgreSQL writes their values, which is what its COPY writes. */
export async function pgTexts(
  { pool }: Pick<TestDatabase, 'pool'>,
  sql: string,
): Promise<(string | null)[][]> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array', types: rawTypes });
    return rows;
  } finally {
    client.release();
  }
}

/** In an order that depends on the values only. */
export const sorted = <T>(rows: readonly T[]): T[] =>
  rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
