import { countPendingMarts } from '../../apps/transformer/count-marts.ts';
import type { TestDatabase } from '../support/test-database.ts';

type Database = Pick<TestDatabase, 'pool' | 'rows'>;

const TABLES = {
  'gold.mart_event_counts': 'hour, event_type',
  'gold.mart_activity': 'date_id, repo_id, actor_id',
  'gold.mart_subjects': 'repo_id, number, is_pull_request',
};

/** Every row of the marts, as text. */
export async function readMarts(database: Pick<TestDatabase, 'rows'>): Promise<string[]> {
  const all: string[] = [];
  for (const [table, key] of Object.entries(TABLES)) {
    const rows = await database.rows<{ row: string }>(
      `select to_jsonb(t)::text as row from ${table} as t order by ${key}`,
    );
    all.push(...rows.map(({ row }) => `${table} ${row}`));
  }
  return all;
}

/** The same after all that can be counted anew was. */
export async function rebuildMarts(database: Database): Promise<string[]> {
  await database.pool.query('select ops.reset_marts()');
  await countPendingMarts(database.pool);
  return await readMarts(database);
}
