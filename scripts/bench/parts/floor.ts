import type { Part } from '../bench-types.ts';
import { figure, takeTurns } from '../measure.ts';
import { COPY_JSONB, COPY_KEYED, COPY_TEXT, createCopyWay } from '../measure-floor.ts';

/** What PostgreSQL itself needs for the same bytes: the measure of all other parts. */
export const floor: Part = {
  name: 'floor',
  about: "PostgreSQL's own COPY of the same bytes: as text, as jsonb, as jsonb with a unique key",
  run: async (bench) => {
    const { events, bytes } = await bench.data();
    const ways = [COPY_TEXT, COPY_JSONB, COPY_KEYED].map((way) => createCopyWay(bench, way));
    const measured = await takeTurns(ways, bench.sizes.rounds, bench.signal, (name, round) =>
      bench.progress(`floor: ${name}, ${round}`),
    );
    const floorMs = measured.find(({ name }) => name === COPY_JSONB.name)?.ms ?? Number.NaN;
    return {
      figures: measured.map(({ name, ms, runsMs, results }) =>
        figure({
          part: 'floor',
          way: name,
          ms,
          runsMs,
          events,
          bytes,
          rows: results.at(-1)?.rows ?? null,
          ratio: floorMs / ms,
        }),
      ),
      verdicts: [],
    };
  },
};
