import type { Pool } from '../../../apps/shared/database.ts';
import type { Bench, Figure, Part } from '../bench-types.ts';
import { loadFiles } from '../load-files.ts';
import { expectRows, figure, median, takeTurns, time, type Way } from '../measure.ts';
import { ratioToFloor } from '../measure-floor.ts';
import { transformOnce } from '../transform-once.ts';

interface Times {
  bronze: number;
  transform: number;
  rebuild: number;
}

/** Whether a first load gains by dropping what indexes can be dropped, and making them when the rows are there. */
export const indexes: Part = {
  name: 'indexes',
  about:
    'a first load from files to gold with its indexes kept, and with those dropped and rebuilt',
  run: async (bench) => {
    const { events, bytes } = await bench.data();
    const ways = [createWay(bench, 'kept'), createWay(bench, 'dropped and rebuilt')];
    const rounds = Math.min(2, bench.sizes.rounds);
    const measured = await takeTurns(ways, rounds, bench.signal, (name, round) =>
      bench.progress(`indexes: ${name}, ${round}`),
    );
    const figures: Figure[] = [];
    for (const { name, ms, runsMs, results } of measured) {
      const ratio = await ratioToFloor(bench, events, ms);
      figures.push(
        figure({ part: 'indexes', way: name, ms, runsMs, events, bytes, rows: events, ratio }),
      );
      for (const step of ['bronze', 'transform', 'rebuild'] as const) {
        const stepMs = median(results.map((times) => times[step]));
        if (stepMs > 0) figures.push(figure({ part: 'indexes', way: `  ${step}`, ms: stepMs }));
      }
    }
    return { figures, verdicts: [] };
  },
};

function createWay(bench: Bench, name: 'kept' | 'dropped and rebuilt'): Way<Times> {
  const { signal } = bench;
  return {
    name,
    run: async () => {
      const { archives, events } = await bench.data();
      const { connectionString, pool, drop } = await bench.warehouse();
      const isDropped = name !== 'kept';
      const inBronze = isDropped ? await dropIndexes(pool, ['bronze.raw_events']) : [];
      const { ms: bronze } = await time(() =>
        loadFiles({ connectionString, files: archives, concurrency: 2, signal }),
      );
      // Silver finds new rows by an index of bronze: it has to be there again by then.
      const { ms: first } = await time(() => runAll(pool, inBronze));
      const above = isDropped ? await dropIndexes(pool, ['silver.events', 'gold.fact_events']) : [];
      const { silver, gold } = await transformOnce(connectionString, signal);
      const { ms: second } = await time(() => runAll(pool, above));
      const { rows } = await pool.query<{ count: number }>(
        'select count(*)::integer as count from gold.fact_events',
      );
      await drop();
      expectRows('gold.fact_events', rows[0]?.count ?? 0, events);
      const times = {
        bronze,
        transform: silver.ms + gold.ms,
        rebuild: isDropped ? first + second : 0,
      };
      return { ms: times.bronze + times.transform + times.rebuild, result: times };
    },
  };
}

/**
 * Drops the indexes of tables that no constraint rests on, as the catalogue has them; of a partitioned table those of all
 * its partitions.
 *
 * @returns the statements that make them again.
 */
export async function dropIndexes(pool: Pool, tables: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
     from pg_index
     where indrelid = any ($1::regclass[])
       and not exists (select from pg_constraint where conindid = indexrelid)
     order by 1`,
    [tables],
  );
  for (const { name } of rows) await pool.query(`drop index ${name}`);
  // The definition of a partitioned index speaks of the parent only.
  return rows.map(({ definition }) => definition.replace(' ON ONLY ', ' ON '));
}

async function runAll(pool: Pool, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await pool.query(statement);
}
