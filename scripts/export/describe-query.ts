import type pg from 'pg';
import { UserError } from '../../apps/shared/errors.ts';
import type { Reader } from '../../apps/shared/report/open-reader.ts';
import { explainQueryError } from '../sql/explain-query-error.ts';
import { splitStatements } from '../sql/split-statements.ts';
import type { Column } from './export-types.ts';

const DECLARE = 'declare described no scroll cursor for ';

/**
 * Has the server check a query and name its columns, without running it. Declared as a cursor by the extended protocol,
 * nothing but one statement that gives rows gets through, so that it can be put into brackets afterwards.
 *
 * @throws UserError with the place of the fault when it is no such statement, or its columns cannot be told apart.
 */
export async function describeQuery(
  { client, hasWarehouse }: Reader,
  given: string,
): Promise<{ sql: string; columns: Column[] }> {
  const [statement, ...more] = splitStatements(given);
  if (statement === undefined) throw new UserError('The query is empty.');
  if (more.length > 0)
    throw new UserError('An export is of one query; found several statements in --query.');
  const { text: sql, offset } = statement;
  try {
    // The type of a query's settings lacks the mode.
    await client.query({ text: `${DECLARE}${sql}`, queryMode: 'extended' } as pg.QueryConfig);
  } catch (error) {
    throw explainQueryError(error, {
      sql: given,
      offset,
      file: undefined,
      sentBefore: DECLARE.length,
      hasWarehouse,
      command: 'export',
    });
  }
  const { fields } = await client.query('fetch 0 from described');
  await client.query('close described');
  const nested = await findNestedTypes(client, fields);
  const columns = fields.map(({ name, dataTypeID, dataTypeModifier }) => ({
    name,
    typeId: dataTypeID,
    modifier: dataTypeModifier,
    isNested: nested.has(dataTypeID),
  }));
  if (columns.length === 0) throw new UserError('The query gives no columns.');
  const twice = columns.find(
    ({ name }, index) => columns.findIndex((column) => column.name === name) < index,
  );
  if (twice !== undefined)
    throw new UserError(
      `Two columns of the query are called "${twice.name}"; give one of them another name with "as".`,
    );
  return { sql, columns };
}

/** Those of the types that are arrays, rows of a table, or rows of no name. */
async function findNestedTypes(
  client: pg.Client,
  fields: readonly pg.FieldDef[],
): Promise<Set<number>> {
  const { rows } = await client.query<{ id: number }>(
    `select oid::integer as id from pg_type
     where oid = any ($1) and (typcategory in ('A', 'C') or oid = 'record'::regtype)`,
    [fields.map(({ dataTypeID }) => dataTypeID)],
  );
  return new Set(rows.map(({ id }) => id));
}

/** The query that reads all of a table. */
export function selectAll(identifier: string): string {
  return `select * from ${identifier}`;
}
