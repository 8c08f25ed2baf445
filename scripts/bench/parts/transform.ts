import type { Figure, Part } from '../bench-types.ts';
import { loadFiles } from '../load-files.ts';
import { expectRows, figure } from '../measure.ts';
import { ratioToFloor } from '../measure-floor.ts';
import { transformOnce } from '../transform-once.ts';

/** Silver and gold of a first load, with gold's steps. Once: they take long enough to be even. */
export const transformPart: Part = {
  name: 'transform',
  about: 'silver, and gold with each of its steps, of a warehouse just filled from the files',
  run: async (bench) => {
    const { archives, events, bytes } = await bench.data();
    const { connectionString, pool, drop } = await bench.warehouse();
    bench.progress('transform: filling bronze');
    await loadFiles({ connectionString, files: archives, concurrency: 2, signal: bench.signal });
    await pool.query('checkpoint').catch(() => {});
    bench.progress('transform: silver and gold');
    const done = await transformOnce(connectionString, bench.signal);
    const { rows } = await pool.query<{ silver: number; gold: number }>(
      `select (select count(*) from silver.events)::integer as silver,
         (select count(*) from gold.fact_events)::integer as gold`,
    );
    await drop();
    expectRows('silver.events', rows[0]?.silver ?? 0, events);
    expectRows('gold.fact_events', rows[0]?.gold ?? 0, events);

    const figures: Figure[] = [];
    for (const pipeline of ['silver', 'gold', 'coverage'] as const) {
      const { ms, steps } = done[pipeline];
      const ratio = await ratioToFloor(bench, events, ms);
      const stored = pipeline === 'coverage' ? null : events;
      figures.push(
        figure({ part: 'transform', way: pipeline, ms, events, bytes, rows: stored, ratio }),
      );
      if (pipeline !== 'gold') continue;
      for (const { step, rows, duration_ms } of steps)
        figures.push(figure({ part: 'transform', way: `  ${step}`, ms: duration_ms, rows }));
      const inSteps = steps.reduce((sum, { duration_ms }) => sum + duration_ms, 0);
      figures.push(
        figure({ part: 'transform', way: '  around the steps', ms: Math.max(0, ms - inSteps) }),
      );
    }
    return { figures, verdicts: [] };
  },
};
