import pg from 'pg';
import type { Queryable } from '../../apps/shared/database.ts';
import { codeOf, UserError } from '../../apps/shared/errors.ts';
import { NO_WAREHOUSE } from '../../apps/shared/report/open-reader.ts';

/** A table or view, as the catalogue knows it. */
export interface Table {
  /** Quoted, with its schema. */
  identifier: string;
  /** The column it is partitioned by; undefined when it is not, or by several. */
  partitionColumn: string | undefined;
}

const INVALID_PARAMETER = '22023';
/** Tables, partitioned tables, views, materialized views, foreign tables. */
const RELATIONS = `relkind in ('r', 'p', 'v', 'm', 'f')
  and nspname not in ('pg_catalog', 'information_schema') and nspname not like 'pg\\_toast%'`;

/**
 * Looks a table up by its name as SQL would write it: with its schema, or without where only one schema has one of that name.
 *
 * @throws UserError when there is none, or more than one.
 */
export async function findTable(
  client: Queryable,
  name: string,
  hasWarehouse: boolean,
): Promise<Table> {
  const parts = await parseName(client, name);
  const [table, schema] = parts.toReversed();
  const { rows } = await client.query<{ schema: string; partition_column: string | null }>(
    `select nspname as schema,
       (select attname from pg_partitioned_table as partitioning
        join pg_attribute on attrelid = partrelid and attnum = partattrs[0]
        where partrelid = pg_class.oid and partnatts = 1) as partition_column
     from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where relname = $1 and ($2::text is null or nspname = $2) and ${RELATIONS}
     order by 1`,
    [table, schema],
  );
  const [found, ...others] = rows;
  if (found === undefined)
    throw new UserError(
      `There is no table or view "${name}". ${hasWarehouse ? 'See them with: npm run export -- --list' : NO_WAREHOUSE}`,
    );
  if (others.length > 0)
    throw new UserError(
      `More than one schema has a "${name}". Say which: ${rows.map((row) => `${row.schema}.${table}`).join(', ')}.`,
    );
  return {
    identifier: `${pg.escapeIdentifier(found.schema)}.${pg.escapeIdentifier(table ?? '')}`,
    partitionColumn: found.partition_column ?? undefined,
  };
}

/** The parts of a name: one or two. Quotes and case count as they do in SQL. */
async function parseName(client: Queryable, name: string): Promise<string[]> {
  try {
    const { rows } = await client.query<{ parts: string[] }>('select parse_ident($1) as parts', [
      name,
    ]);
    const parts = rows[0]?.parts ?? [];
    if (parts.length <= 2) return parts;
  } catch (error) {
    if (codeOf(error) !== INVALID_PARAMETER) throw error;
  }
  throw new UserError(
    `"${name}" is no name of a table, such as gold.fact_events. For a statement use --query "select …".`,
  );
}

/** The tables and views of the warehouse, with what a row of each is. */
export async function listTables(client: Queryable): Promise<{ name: string; about: string }[]> {
  const { rows } = await client.query<{ name: string; about: string }>(
    `select pg_class.oid::regclass::text as name, coalesce(obj_description(pg_class.oid, 'pg_class'), '') as about
     from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where ${RELATIONS} and nspname <> 'months' and has_table_privilege(pg_class.oid, 'select')
     order by array_position(array['gold', 'silver', 'bronze', 'ops'], nspname::text), relname`,
  );
  return rows;
}
