import { codeOf } from '../apps/shared/errors.ts';
import { openReader } from '../apps/shared/report/open-reader.ts';
import { createProgressLine } from '../apps/shared/report/progress-line.ts';
import { textTable } from '../apps/shared/report/text-table.ts';
import { runCommand } from '../apps/shared/run-command.ts';
import { describeProgress, describeResult } from './export/describe-tally.ts';
import { listTables } from './export/find-table.ts';
import { exportOptions, readExportOptions, STDOUT } from './export/read-export-options.ts';
import { runExport } from './export/run-export.ts';

const help = `
Usage: npm run export -- TABLE --out PATH [options]
       npm run export -- --query "select …" --out PATH [options]

Writes the rows of a table, a view or a query to a file, as they are at one moment. It only reads. A file has its name only
when all of it is written; of an export that fails or is stopped nothing is left. Times are UTC.

  TABLE                such as gold.fact_events; without its schema where no other has one of that name
  --query SQL          the rows of a SELECT
  -o, --out PATH       a file, or with --partition-by a folder; - is standard output (csv and ndjson)
  --format F           csv, ndjson or parquet; may be left out when PATH ends in it
  --since T            rows from T on, such as 2026-01-31, 2026-01-31T07:00 or yesterday
  --until T            rows before T
  --time-column C      the column that --since, --until and --partition-by go by; default the event's time
  --partition-by P     day or month: one file each, such as PATH/date=2026-01-31/part.parquet
  --gzip               compress csv or ndjson; so does a PATH that ends in .gz
  --force              replace files that are there
  --list               list the tables and views

Exit code: 0 all is written, 1 something failed, 130 stopped by Ctrl-C. Row counts go to standard error. npm prints two lines
of its own first; to pipe the output, silence it:

  npm run --silent export -- gold.dim_repos --format csv --out - | head
`;

const REDRAW_MS = 200;
const STOPPED = 130;

await runCommand(
  // Taking away a large folder takes a moment.
  { name: 'export', help, options: exportOptions, role: 'reader', stopDeadlineMs: 30_000 },
  async (context) => {
    const { values, positionals, shutdown } = context;
    const { signal } = shutdown;
    if (values.list === true) {
      const { client } = await openReader(context, 'export');
      const tables = await listTables(client);
      const rows = tables.map(({ name, about }) => [name, about.split(/(?<=\.)\s/)[0] ?? '']);
      const { isTTY, columns } = process.stdout;
      process.stdout.write(
        textTable(['table', 'a row'], rows, isTTY ? { isTerminal: true, width: columns } : {}),
      );
      return 0;
    }
    const options = readExportOptions(values, positionals);
    const reader = await openReader(context, 'export');
    const tally = { rows: 0, files: 0, bytes: 0 };
    const startedAt = performance.now();
    const elapsed = () => performance.now() - startedAt;
    const progress = createProgressLine(process.stderr);
    const timer = setInterval(() => progress.show(describeProgress(tally, elapsed())), REDRAW_MS);
    try {
      await runExport({ reader, options, tally, signal, stdout: process.stdout });
    } catch (error) {
      progress.clear();
      if (signal.aborted) {
        process.stderr.write('Stopped before the end; nothing was written.\n');
        return STOPPED;
      }
      // The reader of a pipe has seen enough, as head does.
      if (options.out === STDOUT && codeOf(error) === 'EPIPE') return 0;
      throw error;
    } finally {
      clearInterval(timer);
      progress.clear();
    }
    process.stderr.write(`${describeResult(tally, elapsed(), options.out)}\n`);
    return 0;
  },
);
