import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createProgressLine } from '../apps/shared/report/progress-line.ts';
import { runCommand } from '../apps/shared/run-command.ts';
import { allParts } from './bench/all-parts.ts';
import type { PartResult } from './bench/bench-types.ts';
import { describeMachine } from './bench/describe-machine.ts';
import { drawChart } from './bench/draw-chart.ts';
import { openBench } from './bench/open-bench.ts';
import { placeServer } from './bench/place-server.ts';
import { benchOptions, readBenchOptions } from './bench/read-bench-options.ts';
import { runParts } from './bench/run-parts.ts';
import { describeRun, figureTable, verdictTable } from './bench/write-report.ts';

const help = `
Usage: npm run bench [-- options]

Measures how fast events get in, on this machine, and compares it with what PostgreSQL itself needs for the same bytes: the
time of COPY into a bare jsonb table, in the same run. Makes its own events. Works on an embedded PostgreSQL of its own, or,
with DB_HOST or DATABASE_URL, in databases of its own on that server; removes everything afterwards.
What is compared is measured in turns; of three runs the median counts.

  --events N     events in the files; default 200000; 500k and 10m may be written
  --payloads P   of these events: full, as archives up to October 2025 have them (the default; some 2.4 KB an event), or
                 trimmed, as GitHub sends them since (0.8 KB)
  --history N    longest history of the part growth, and the one of the part api; default 10m (0.1, 1 and 10 million), which
                 takes an hour or more; 1m some minutes
  --only A,B     only these parts
  --list         names the parts
  --seed N       of the events; default 1
  --out DIR      where bench.json and bench.svg go, and what is worked on lies; default .data/bench

Exit code 1 only when a part failed; a target that is not met is said, and is no failure.
`;

await runCommand(
  // Dropping databases takes a moment.
  { name: 'bench', help, options: benchOptions, stopDeadlineMs: 30_000 },
  async ({ config, values, shutdown }) => {
    if (values.list === true) {
      for (const { name, about } of allParts) console.log(`${name.padEnd(14)}${about}`);
      return 0;
    }
    const { parts, sizes, seed, out } = readBenchOptions(values);
    const progress = createProgressLine(process.stderr);
    shutdown.onRelease('progress', async () => progress.clear());
    const { signal } = shutdown;
    const { serverUrl, workDir } = await placeServer(config.database, out, shutdown);
    const bench = openBench({ serverUrl, workDir, sizes, seed, signal, progress: progress.show });
    shutdown.onRelease('databases of the benchmark', bench.close);

    // Work on the server goes on until its database is dropped: who is asked to stop does not wait for it.
    const stopped = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    const machine = await describeMachine(serverUrl);
    const found: PartResult = { figures: [], verdicts: [] };
    try {
      await Promise.race([runParts(bench, parts, found), stopped]);
    } finally {
      progress.clear();
      printTables(found);
    }
    const settings = {
      events: sizes.events,
      payloads: sizes.payloads,
      bytes: await bench.dataBytes(),
      seed,
      rounds: sizes.rounds,
    };
    const report = { measuredAt: new Date().toISOString(), machine, settings, ...found };
    console.log(describeRun(report).join('\n'));
    const [json, chart] = [join(out, 'bench.json'), join(out, 'bench.svg')];
    await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
    await writeFile(chart, drawChart(report));
    console.log(`Written: ${json}, ${chart}`);
    return 0;
  },
);

/** Also what was measured before something failed, or we were asked to stop. */
function printTables({ figures, verdicts }: PartResult): void {
  const isTerminal = process.stdout.isTTY === true;
  if (figures.length > 0) console.log(figureTable(figures, isTerminal));
  if (verdicts.length > 0) console.log(verdictTable(verdicts, isTerminal));
}
