import { type HealReport, healGaps } from '../apps/listener/heal/heal-gaps.ts';
import { type HealingPlan, planHealing } from '../apps/listener/heal/plan-healing.ts';
import { createPool } from '../apps/shared/database.ts';
import { readNumber } from '../apps/shared/read-number.ts';
import { requireWarehouse } from '../apps/shared/require-warehouse.ts';
import { runCommand } from '../apps/shared/run-command.ts';

const help = `
Usage: npm run heal [-- options]

Fills the gaps of the record: for every open gap in ops.feed_gaps it fetches the archive hours that the gap touches, and
the hour after it, from all archives configured (GITHUB_ARCHIVE_URL), and closes the gaps that are filled. The rest
stays open with a note and is tried again the next time. The transformer finds the gaps; the listener heals by itself
when HEAL_SCHEDULE is set.

  --dry-run         show which files it would fetch, and fetch none
  --max-files N     fetch at most so many; default 96, two days of two archives
  --late-hours N    further hours after a gap, for events that appeared late; default 1, at most 6 makes sense

Exit code 0 also when gaps stay open; 1 when healing itself failed.
`;

const options = {
  'dry-run': { type: 'boolean', default: false },
  'max-files': { type: 'string', default: '96' },
  'late-hours': { type: 'string', default: '1' },
} as const;

const CONNECTIONS = 4;
const COUNTS = { min: 0, max: 100_000 };

await runCommand(
  { name: 'heal', help, options, role: 'listener' },
  async ({ config, values, log, shutdown, connect }) => {
    const maxFiles = readNumber('max-files', values['max-files'], COUNTS);
    const lateHours = readNumber('late-hours', values['late-hours'], COUNTS);
    const pool = createPool({
      connectionString: await connect(),
      applicationName: 'heal',
      max: CONNECTIONS,
      log,
    });
    shutdown.onRelease('database pool', () => pool.end());
    await requireWarehouse(pool, log, shutdown.signal);

    if (values['dry-run']) {
      const archives = config.githubArchives.map(({ name }) => name);
      showPlan(await planHealing(pool, { archives, lateHours, maxFiles, now: new Date() }));
      return 0;
    }
    const report = await healGaps({
      config,
      pool,
      log,
      signal: shutdown.signal,
      maxFiles,
      lateHours,
      onResult: ({ source, status, items, inserted, note }) =>
        console.log(
          `  ${source}: ${status}, ${items} events, ${inserted} new${note === null ? '' : ` (${note})`}`,
        ),
    });
    showReport(report);
    return 0;
  },
);

function showPlan({ openGaps, files, leftForLater }: HealingPlan): void {
  for (const { archive, hour, gapIds } of files)
    console.log(`  ${hour} from ${archive}, for gap ${gapIds.join(', ')}`);
  console.log(`Open gaps: ${openGaps}. Files to fetch: ${files.length}.`);
  if (leftForLater > 0) console.log(`Left for the next time: ${leftForLater}.`);
}

function showReport(report: HealReport | undefined): void {
  if (report === undefined) {
    console.log('Gaps are being healed by another process just now.');
    return;
  }
  const { closed, stillOpen, inserted, plan } = report;
  console.log(
    `Gaps closed: ${closed}, still open: ${stillOpen}. New events: ${inserted}, from ${plan.files.length} files.`,
  );
  if (plan.leftForLater > 0) console.log(`Files left for the next time: ${plan.leftForLater}.`);
}
