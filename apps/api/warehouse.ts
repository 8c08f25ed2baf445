import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { Pool } from '../shared/database.ts';
import { codeOf } from '../shared/errors.ts';
import { warehousePath } from '../shared/project-root.ts';
import { toShown } from '../shared/report/sql-values.ts';

/** The API's way to the warehouse: ready queries, with parameters, in sessions that cannot write. */
export interface Warehouse {
  /**
   * Runs a file of warehouse/queries.
   *
   * @param name its path below that folder, without the ending.
   * @param values of its parameters $1, $2, …
   * @throws what PostgreSQL or the connection raise.
   */
  rows: <Row extends object>(name: string, values?: readonly unknown[]) => Promise<Row[]>;
  /** The only row. */
  row: <Row extends object>(name: string, values?: readonly unknown[]) => Promise<Row>;
  /** How many rows the planner expects of such a query. */
  expectedRows: (name: string, values?: readonly unknown[]) => Promise<number>;
}

const BIGINT = 20;
const NUMERIC = 1700;
const DATE = 1082;
const TIMESTAMPTZ = 1184;

/** Counts are far below 2^53, and queries give ids as text. Times stay text, which keeps their microseconds. */
const types = {
  getTypeParser: (typeId: number) => {
    if (typeId === BIGINT || typeId === NUMERIC) return Number;
    if (typeId === TIMESTAMPTZ) return (text: string) => toShown(text, typeId);
    if (typeId === DATE) return (text: string) => text;
    return pg.types.getTypeParser(typeId);
  },
} as NonNullable<pg.QueryConfig['types']>;

/**
 * A connection keeps what it has prepared, with plans that know every month: some MB each in a warehouse of many years.
 * There are hundreds of sets of filters; so many statements are prepared, and others parsed each time.
 */
const MOST_PREPARED = 64;
/** SQLSTATE feature_not_supported, which for a prepared statement says that its columns have other types now. */
const PLAN_OUTDATED = '0A000';

export function openWarehouse(pool: Pool): Warehouse {
  const names = new Set<string>();
  const mayPrepare = (name: string): boolean => {
    if (names.size < MOST_PREPARED) names.add(name);
    return names.has(name);
  };
  const texts = new Map<string, string>();
  const textOf = (name: string): string => {
    const text = texts.get(name) ?? readFileSync(warehousePath('queries', `${name}.sql`), 'utf8');
    texts.set(name, text);
    return text;
  };

  async function rows<Row extends object>(name: string, values: readonly unknown[] = []) {
    const statement = prepared(name, textOf(name), values);
    const query = { text: statement.text, values: [...values], types };
    if (!mayPrepare(statement.name)) return (await pool.query<Row>(query)).rows;
    try {
      return (await pool.query<Row>({ ...query, name: statement.name })).rows;
    } catch (error) {
      // setup-db has changed a view meanwhile; the pool closes a connection with an error by itself.
      if (codeOf(error) !== PLAN_OUTDATED) throw error;
      return (await pool.query<Row>(query)).rows;
    }
  }

  return {
    rows,
    row: async <Row extends object>(name: string, values?: readonly unknown[]) => {
      const [first] = await rows<Row>(name, values);
      if (first === undefined) throw new Error(`warehouse/queries/${name}.sql gave no row.`);
      return first;
    },
    expectedRows: async (name, values = []) => {
      const { rows: plans } = await pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>({
        text: `explain (format json) ${textOf(name)}`,
        values: [...values],
      });
      const plan = plans[0]?.['QUERY PLAN'][0].Plan;
      if (plan === undefined) throw new Error(`The server has no plan for ${name}.sql.`);
      return plan['Plan Rows'];
    },
  };
}

/**
 * A statement that each connection parses once, for all questions that leave out the same filters: that a parameter is NULL
 * is put into its text. Planning costs as much as finding a page of events; PostgreSQL keeps a plan that serves all values
 * when it is as good as those made for each.
 */
function prepared(
  name: string,
  text: string,
  values: readonly unknown[],
): { name: string; text: string } {
  const isNull = (position: number) => (values[position - 1] ?? null) === null;
  return {
    name: `${name} ${values.map((_, index) => (isNull(index + 1) ? '-' : 'x')).join('')}`,
    text: text.replace(/\$(\d+)::[a-z]+(?:\[\])? is null/g, (_, digits) =>
      isNull(Number(digits)) ? 'true' : 'false',
    ),
  };
}

interface PlanNode {
  'Plan Rows': number;
}
