import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { warehousePath } from '../../apps/shared/project-root.ts';
import { useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();

const RELATIONS = `
  from pg_class
  join pg_namespace on pg_namespace.oid = pg_class.relnamespace
  where pg_namespace.nspname in ('ops', 'bronze', 'silver', 'gold')
    and pg_class.relkind in ('r', 'p', 'v', 'm', 'f')`;

test('every table, view and column has a comment', async () => {
  const tables = await database.rows<{ name: string }>(
    `select nspname || '.' || relname as name ${RELATIONS}
       and coalesce(trim(obj_description(pg_class.oid, 'pg_class')), '') = '' order by 1`,
  );
  const columns = await database.rows<{ name: string }>(
    `select nspname || '.' || relname || '.' || attname as name ${RELATIONS.replace(
      'where',
      'join pg_attribute on pg_attribute.attrelid = pg_class.oid and attnum > 0 and not attisdropped where',
    )}
       and coalesce(trim(col_description(pg_class.oid, attnum)), '') = '' order by 1`,
  );
  expect([...tables, ...columns].map((row) => row.name)).toEqual([]);
});

test('every schema has a comment', async () => {
  const schemas = await database.rows(
    `select nspname from pg_namespace
     where nspname in ('ops', 'bronze', 'silver', 'gold') and obj_description(oid, 'pg_namespace') is null`,
  );
  expect(schemas).toEqual([]);
});

test('warehouse/README.md names every table and view', async () => {
  const relations = await database.rows<{ name: string }>(
    `select nspname || '.' || relname as name ${RELATIONS} order by 1`,
  );
  expect(relations.length).toBeGreaterThan(10);
  const readme = readFileSync(warehousePath('README.md'), 'utf8');
  const rows = new Set([...readme.matchAll(/^\| `(\w+\.\w+)` \|/gm)].map((match) => match[1]));
  expect(relations.map((row) => row.name).filter((name) => !rows.has(name))).toEqual([]);
});
