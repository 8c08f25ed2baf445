import { createPool, type Pool } from '../apps/shared/database.ts';
import { messageOf, UserError } from '../apps/shared/errors.ts';
import { runCommand } from '../apps/shared/run-command.ts';

const help = `
Usage: node dist/scripts/healthcheck.js listener|transformer

Says in one line whether a process of the warehouse does its work, as the database shows it; exit code 0 if so, else 1.

  listener      the newest poll is younger than three poll intervals and three minutes, or than a short quota allows
  transformer   one is at work on this warehouse, and the last run that ended did not fail
`;

interface Health {
  isHealthy: boolean;
  why: string;
}

/** A statement that takes longer counts as no answer. */
const QUERY_TIMEOUT_MS = 5_000;
const SHORTEST_SILENCE_SECONDS = 180;
/** Poll intervals without a poll: three where each brings news, more than the listener's 15 where feeds are quiet. */
const BUSY_INTERVALS = 3;
const QUIET_INTERVALS = 18;
/** As in apps/transformer/session.ts. */
const TRANSFORMER_LOCK = 'assay.transformer';

await runCommand(
  // The user of the process beside which it runs: another's password need not be there.
  {
    name: 'healthcheck',
    help,
    options: {},
    role: process.argv[2] === 'transformer' ? 'transformer' : 'listener',
  },
  async ({ config, positionals, connect }) => {
    const [subject] = positionals;
    if (subject !== 'listener' && subject !== 'transformer')
      throw new UserError(`Say whose health: listener or transformer.\n\n${help.trim()}`);
    const pool = createPool({
      connectionString: await connect(),
      applicationName: 'healthcheck',
      max: 1,
      queryTimeoutMs: QUERY_TIMEOUT_MS,
    });
    const intervals = config.feeds.includes('public') ? BUSY_INTERVALS : QUIET_INTERVALS;
    const silence = Math.max(SHORTEST_SILENCE_SECONDS, intervals * config.pollIntervalSeconds);
    const check = subject === 'listener' ? checkListener(pool, silence) : checkTransformer(pool);
    const { isHealthy, why } = await check.catch((error: unknown) => ({
      isHealthy: false,
      why: `the database did not answer: ${messageOf(error)}`,
    }));
    console.log(`${isHealthy ? 'healthy' : 'unhealthy'}: ${why}`);
    return isHealthy ? 0 : 1;
  },
);

/** With little quota left the listener spreads what it has, three requests a walk, until the quota is filled again. */
async function checkListener(pool: Pool, silenceSeconds: number): Promise<Health> {
  const { rows } = await pool.query<{ age: number; allowed: number }>(
    `select
       round(extract(epoch from now() - recorded_at))::integer as age,
       round($1 + greatest(0, coalesce(
         extract(epoch from quota_reset_at - recorded_at) / greatest(1, quota_remaining / 3), 0)))::integer as allowed
     from ops.polls order by recorded_at desc limit 1`,
    [silenceSeconds],
  );
  const poll = rows[0];
  if (poll === undefined) return { isHealthy: false, why: 'there has been no poll yet' };
  const why = `the last poll was ${poll.age} s ago, at most ${poll.allowed} s are expected`;
  return { isHealthy: poll.age <= poll.allowed, why };
}

async function checkTransformer(pool: Pool): Promise<Health> {
  const { rows: holders } = await pool.query(
    `select from pg_locks
     where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())
       and objsubid = 1 and ((classid::bigint << 32) | objid::bigint) = hashtext($1)::bigint`,
    [TRANSFORMER_LOCK],
  );
  if (holders.length === 0)
    return { isHealthy: false, why: 'no transformer is at work on this warehouse' };
  const { rows: runs } = await pool.query<{ pipeline: string; status: string; error: string }>(
    `select pipeline, status, split_part(error, E'\\n', 1) as error from ops.pipeline_runs
     where status <> 'running' order by run_id desc limit 1`,
  );
  const run = runs[0];
  if (run === undefined) return { isHealthy: true, why: 'at work, no run has ended yet' };
  if (run.status === 'failed')
    return { isHealthy: false, why: `the last run of ${run.pipeline} failed: ${run.error}` };
  return { isHealthy: true, why: `at work, the last run of ${run.pipeline} succeeded` };
}
