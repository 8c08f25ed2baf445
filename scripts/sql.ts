import { openReader } from '../apps/shared/report/open-reader.ts';
import { createOutput } from '../apps/shared/report/output.ts';
import { runCommand } from '../apps/shared/run-command.ts';
import { listQueryFiles } from './sql/query-files.ts';
import {
  chooseFormat,
  readSettings,
  readSql,
  readTimeoutMs,
  sqlOptions,
} from './sql/read-sql-options.ts';
import { runSql } from './sql/run-sql.ts';

const help = `
Usage: npm run sql -- "select …" [options]

Runs a query on the warehouse and prints the rows. It only reads: the server refuses anything else. Several
statements, with semicolons between them, run one after the other on one state of the database. Times are UTC.

  --json              a JSON array, one object a row; numbers with all their digits
  --csv               CSV with a header; NULL is an empty field, empty text is ""
  -f, --file F        run a .sql file, or a ready query by its name, such as gold-freshness; - reads standard input
  --list              list the ready queries (warehouse/queries)
  --set NAME=VALUE    set assay.NAME, for the ready queries that read it: --file top-repositories --set month=2015-01
  --timeout SECONDS   give up on a statement after so long; by default never

Row counts go to standard error. npm prints two lines of its own first; to pipe the output, silence it:

  npm run --silent sql -- --csv "select * from gold.dim_event_types" > types.csv
`;

await runCommand({ name: 'sql', help, options: sqlOptions, role: 'reader' }, async (context) => {
  const { values, positionals, shutdown } = context;
  const output = createOutput(process.stdout);
  if (values.list === true) {
    const files = listQueryFiles();
    const width = Math.max(...files.map((file) => file.name.length));
    for (const { name, grain } of files) output.write(`${name.padEnd(width)}  ${grain}\n`);
    await output.flush();
    return 0;
  }
  const options = {
    ...readSql(values, positionals),
    format: chooseFormat(values, process.stdout),
    settings: readSettings(values.set),
    timeoutMs: readTimeoutMs(values.timeout),
  };
  await runSql({
    ...options,
    reader: await openReader(context, 'sql'),
    output,
    note: (line) => process.stderr.write(`${line}\n`),
    signal: shutdown.signal,
  });
  return 0;
});
