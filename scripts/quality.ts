import { writeFile } from 'node:fs/promises';
import { createOutput } from '../apps/shared/report/output.ts';
import { runCommand } from '../apps/shared/run-command.ts';
import { listChecks } from '../apps/transformer/quality/list-checks.ts';
import { runQuality } from '../apps/transformer/quality/run-quality.ts';
import { renderPage } from './quality/html/render-page.ts';
import { listSettings } from './quality/list-settings.ts';
import { openClient } from './quality/open-client.ts';
import { qualityOptions, readQualityOptions } from './quality/read-options.ts';
import { readReport } from './quality/read-report.ts';
import { exitCodeOf, showReport } from './quality/show-report.ts';

const help = `
Usage: npm run quality [-- options]

Checks the warehouse: every file of warehouse/checks, and of QUALITY_CHECKS_DIR. A check looks at what came in since its
last run. The transformer runs them too; results are kept in ops.quality_results.

  --full              look at everything, however old
  --only NAME         only this check, with the rows it found; several times for several
  --set NAME=VALUE    another value for a setting, such as max_null_percent=5; several times for several
  --html FILE         write a report as one HTML page that needs nothing else
  --json              print the report as JSON instead of a table
  --last              run nothing; report what the last runs found
  --list              list the checks and their settings

Exit code 0 when no check of severity fail found anything and all could be run, 2 when one of severity fail did, 1 when
something could not be run. With --strict, 3 when one of severity warn did.
`;

await runCommand(
  { name: 'quality', help, options: qualityOptions, role: 'transformer' },
  async (context) => {
    const { config, log, shutdown, values } = context;
    const options = readQualityOptions(values, config);
    const list = listChecks(options.checksDir);
    const output = createOutput(process.stdout);
    if (values.list === true) {
      output.write(listSettings(list, options.settings));
      await output.flush();
      return 0;
    }
    const client = await openClient(await context.connect(), shutdown);
    if (!options.isLast) await runQuality({ client, log, part: 'all', ...options });
    const report = await readReport(client, list, options);
    if (options.htmlFile !== undefined) await writeFile(options.htmlFile, renderPage(report));
    output.write(
      options.isJson
        ? `${JSON.stringify(report, null, 2)}\n`
        : showReport(report, {
            showsRows: options.only !== undefined,
            htmlFile: options.htmlFile,
            isTerminal: process.stdout.isTTY === true,
          }),
    );
    await output.flush();
    return exitCodeOf(report, options.isStrict);
  },
);
