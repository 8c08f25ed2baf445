import { readFile } from 'node:fs/promises';
import { type Client, withTransaction } from '../../../apps/shared/database.ts';
import { listQueryFiles } from '../../sql/query-files.ts';
import type { Part } from '../bench-types.ts';
import { loadFiles } from '../load-files.ts';
import { FIRST_MOMENT } from '../make-events.ts';
import { figure, takeTurns, time, type Way } from '../measure.ts';
import { transformOnce } from '../transform-once.ts';

const FOLDERS = ['analytics/', 'health/'];
const ROUNDS = 5;

/** The ready queries, on the warehouse that the files make. */
export const queries: Part = {
  name: 'queries',
  about: 'the ready queries of warehouse/queries/analytics and health, warm',
  run: async (bench) => {
    const { archives } = await bench.data();
    const { connectionString, pool, drop } = await bench.warehouse();
    bench.progress('queries: filling the warehouse');
    await loadFiles({ connectionString, files: archives, concurrency: 2, signal: bench.signal });
    await transformOnce(connectionString, bench.signal);
    await pool.query('vacuum analyze');
    const ready = listQueryFiles().filter(({ name }) =>
      FOLDERS.some((folder) => name.startsWith(folder)),
    );
    const ways = ready.map(
      ({ name, path }): Way<number> => ({
        name,
        run: async () => {
          const sql = await readFile(path, 'utf8');
          return await withTransaction(pool, async (client) => {
            await pretendMonth(client);
            const { ms, result } = await time(() => client.query(sql));
            return { ms, result: result.rowCount ?? 0 };
          });
        },
      }),
    );
    const rounds = Math.max(ROUNDS, bench.sizes.rounds);
    const measured = await takeTurns(ways, rounds, bench.signal, (name) =>
      bench.progress(`queries: ${name}`),
    );
    await drop();
    return {
      figures: measured.map(({ name, ms, runsMs, results }) =>
        figure({ part: 'queries', way: name, ms, runsMs, rows: results.at(-1) ?? null }),
      ),
      verdicts: [],
    };
  },
};

/** The month of the events, for queries that look at one. */
async function pretendMonth(client: Client): Promise<void> {
  const month = new Date(FIRST_MOMENT).toISOString().slice(0, 7);
  await client.query(`select set_config('assay.month', $1, true)`, [month]);
}
