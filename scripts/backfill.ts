import { statSync } from 'node:fs';
import { listHours } from '../apps/listener/backfill/archive-hours.ts';
import { backfillFiles } from '../apps/listener/backfill/backfill-files.ts';
import { type ArchiveJob, backfillJobs } from '../apps/listener/backfill/backfill-hours.ts';
import { parseMapping } from '../apps/listener/backfill/csv-header.ts';
import { findDueHours } from '../apps/listener/backfill/due-hours.ts';
import { expandPaths } from '../apps/listener/backfill/expand-paths.ts';
import type { LoadResult } from '../apps/listener/backfill/load-source.ts';
import { createProgress } from '../apps/listener/backfill/progress.ts';
import {
  describeResult,
  describeResults,
  exitCodeOf,
} from '../apps/listener/backfill/summarise.ts';
import { createPool } from '../apps/shared/database.ts';
import { UserError } from '../apps/shared/errors.ts';
import { readNumber } from '../apps/shared/read-number.ts';
import { requireWarehouse } from '../apps/shared/require-warehouse.ts';
import { runCommand } from '../apps/shared/run-command.ts';

const help = `
Usage: npm run backfill -- --file F… [--map COLUMN=PATH…]
       npm run backfill -- --from HOUR [--to HOUR]
       npm run backfill -- --due

Loads events from files or archive hours into bronze. What a file is, is found by looking into it: NDJSON, JSON arrays and
objects, pre-2015 timeline events, CSV; plain or in gzip; UTF-8, or what a byte-order mark announces.
What is loaded already is not loaded again; a file that has grown is read on; a run that was cut short goes on where it
stopped.

  --file F…             paths and patterns (*, ?, [abc], {a,b}, **); - is standard input
  --map COLUMN=PATH     a column of a CSV file whose name is not a usual one, and where in the event it belongs,
                        such as who=actor.login; may be repeated
  --from HOUR           first archive hour, in UTC, such as 2026-01-31T07; downloaded from every GITHUB_ARCHIVE_URL
  --to HOUR             last archive hour; default the first
  --due                 archive hours that were missing, empty or not to be had, whose time has come; also done
                        after --from
  --concurrency N       files at a time, and database connections; default 2

Exit code: 0 all is loaded, 1 something failed, 2 a file is partial (good events are in, the rest is in
the dead letters) or an hour is missing, 130 stopped by Ctrl-C.
`;

const options = {
  file: { type: 'string', multiple: true },
  map: { type: 'string', multiple: true },
  from: { type: 'string' },
  to: { type: 'string' },
  due: { type: 'boolean' },
  concurrency: { type: 'string', default: '2' },
} as const;

/** A chunk takes a second or so; a statement that takes this long has lost its connection. */
const QUERY_TIMEOUT_MS = 300_000;
const STOPPED = 130;

await runCommand(
  { name: 'backfill', help, options, role: 'listener' },
  async ({ config, values, positionals, log, shutdown, connect }) => {
    if (positionals.length > 0 && values.file === undefined)
      throw new UserError(`What is "${positionals[0]}"? Files come after --file.`);
    const files = await expandPaths([...(values.file ?? []), ...positionals]);
    const hours = values.from === undefined ? [] : listHours(values.from, values.to ?? values.from);
    if (files.length === 0 && hours.length === 0 && values.due !== true)
      throw new UserError(`Say what to load: --file, --from or --due.\n\n${help.trim()}`);
    const mapping = parseMapping(values.map ?? []);
    const concurrency = readNumber('concurrency', values.concurrency, { min: 1, max: 32 });

    const { signal } = shutdown;
    const pool = createPool({
      connectionString: await connect(),
      applicationName: 'backfill',
      max: concurrency + 1,
      queryTimeoutMs: QUERY_TIMEOUT_MS,
      log,
    });
    shutdown.onRelease('database pool', () => pool.end());
    await requireWarehouse(pool, log, signal);

    const named: ArchiveJob[] = hours.flatMap((hour) =>
      config.githubArchives.map((archive) => ({ hour, archive })),
    );
    const asksArchives = hours.length > 0 || values.due === true;
    const due = asksArchives ? await findDueHours(pool, config.githubArchives) : [];
    const isNamed = new Set(named.map(({ hour, archive }) => `${hour} ${archive.name}`));
    const jobs = [
      ...named,
      ...due.filter(({ hour, archive }) => !isNamed.has(`${hour} ${archive.name}`)),
    ];

    if (files.length === 0 && jobs.length === 0) console.log('No archive hour is due.');
    const progress = createProgress(process.stderr, weigh(files, jobs.length));
    let results: LoadResult[] = [];
    const shared = {
      pool,
      log,
      signal,
      concurrency,
      progress,
      onResult: (result: LoadResult) => {
        results.push(result);
        progress.print(describeResult(result));
      },
    };
    try {
      const ofFiles = await backfillFiles({ ...shared, files, stdin: process.stdin, mapping });
      const ofHours = await backfillJobs(jobs, { ...shared, config });
      // In the order they were asked for, not that in which they ended.
      results = [...ofFiles, ...ofHours];
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      progress.stop();
    }
    if (results.length > 0) console.log(`\n${describeResults(results)}`);
    if (!signal.aborted) return exitCodeOf(results);
    console.log('Stopped before the end; the same command goes on where this one stopped.');
    return STOPPED;
  },
);

/** Files count by their size, hours one each; nothing can be said of standard input. */
function weigh(files: readonly string[], hourCount: number): number | undefined {
  if (files.includes('-')) return undefined;
  const sizes = files.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0) + hourCount;
}
