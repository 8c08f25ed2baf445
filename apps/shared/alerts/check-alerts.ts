import pg from 'pg';
import type { AlertSettings } from '../alert-settings.ts';
import type { Queryable } from '../database.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Channel } from './channels.ts';
import type { Notice } from './compose-message.ts';
import { type Condition, readConditions, runConditions } from './conditions.ts';

/** Held while one process checks and sends, so that two do not tell the same twice. */
const LOCK = 'assay.alerts';

/** How long a channel may take to take a message over. */
const SEND_MS = 10_000;

export interface CheckOptions {
  connectionString: string;
  settings: Pick<AlertSettings, 'warehouseName' | 'cooldownMinutes' | 'ignored' | 'limits'>;
  channels: readonly Channel[];
  log: Pick<Logger, 'warn' | 'error'>;
  /** Blanks out secrets: an error that is told may quote one. */
  redact: (text: string) => string;
  signal: AbortSignal;
  conditions?: readonly Condition[];
  sendMs?: number;
}

/** `busy` when another process is checking just now. */
export type CheckReport =
  | { kind: 'busy' }
  | { kind: 'checked'; sent: { channel: string; notices: number }[]; faults: string[] };

/**
 * Looks at all conditions, keeps in ops.alerts what stands and what has recovered, and tells each channel what it does
 * not know yet, in one message. A channel that fails costs the others nothing and is told at the next check.
 *
 * @throws when the database does not answer.
 */
export async function checkAlerts(options: CheckOptions): Promise<CheckReport> {
  const { connectionString, settings, channels, log } = options;
  // A session of its own: the lock is free whenever this ends, and nothing here holds up the pipeline's connections.
  const client = new pg.Client({
    connectionString,
    application_name: 'assay alerts',
    connectionTimeoutMillis: 5_000,
    query_timeout: 60_000,
  });
  client.on('error', (error) => log.warn(`the database connection is lost: ${messageOf(error)}`));
  await client.connect();
  try {
    if (!(await tryLock(client))) return { kind: 'busy' };
    const conditions = (options.conditions ?? readConditions()).filter(
      ({ name }) => !settings.ignored.includes(name),
    );
    const { found, checked, faults } = await runConditions(client, conditions, settings.limits);
    // An ignored condition, or one whose file is gone, is no longer told as standing.
    await client.query('delete from ops.alerts where condition <> all ($1)', [
      [...checked, ...conditions.map(({ name }) => name)],
    ]);
    await client.query('select ops.note_findings($1::jsonb, $2)', [JSON.stringify(found), checked]);
    for (const fault of faults) log.error(`alerts: ${fault}`);

    const warehouse = settings.warehouseName ?? client.database ?? 'assay';
    const sent: { channel: string; notices: number }[] = [];
    for (const channel of channels) {
      const result = await tellChannel(client, channel, warehouse, options);
      if (typeof result === 'string') faults.push(result);
      else sent.push(result);
    }
    return { kind: 'checked', sent, faults };
  } finally {
    await client.end().catch(() => {});
  }
}

/** @returns how many notices the channel took, or why it took none. */
async function tellChannel(
  client: Queryable,
  { name, send }: Channel,
  warehouse: string,
  { settings, log, redact, signal, sendMs = SEND_MS }: CheckOptions,
): Promise<{ channel: string; notices: number } | string> {
  const due = await readDue(client, name, settings.cooldownMinutes);
  if (due.notices.length === 0) return { channel: name, notices: 0 };
  const notices = due.notices.map((notice) => ({
    ...notice,
    subject: redact(notice.subject),
    detail: redact(notice.detail),
  }));
  try {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(sendMs)]);
    const { othersStanding, sentAt } = due;
    await send({ warehouse, sentAt, notices, othersStanding }, deadline);
  } catch (error) {
    const reason = redact(`the channel ${name} was not told: ${messageOf(error)}`);
    log.warn(`alerts: ${reason}; it is tried again at the next check`);
    return reason;
  }
  await client.query(
    `insert into ops.alert_notices as stored (condition, subject, channel, told, severity, told_at)
     select condition, subject, $1, case kind when 'recovered' then 'recovered' else 'standing' end, severity, now()
     from jsonb_to_recordset($2::jsonb) as told (kind text, condition text, subject text, severity text)
     on conflict (condition, subject, channel) do update
     set told = excluded.told, severity = excluded.severity, told_at = excluded.told_at`,
    [name, JSON.stringify(due.notices)],
  );
  return { channel: name, notices: notices.length };
}

async function readDue(
  client: Queryable,
  channel: string,
  cooldownMinutes: number,
): Promise<{ notices: Notice[]; othersStanding: number; sentAt: string }> {
  const { rows } = await client.query<{ due: string; others_standing: number; sent_at: string }>(
    `with due as materialized (
       select * from ops.due_notices($1, make_interval(secs => 60 * $2::double precision)) with ordinality as due
         (kind, condition, subject, severity, detail, since, recovered_at, position)
     )
     select
       (
         select coalesce(jsonb_agg(jsonb_build_object(
           'kind', kind, 'condition', condition, 'subject', subject, 'severity', severity, 'detail', detail,
           'since', ${utc('since')}, 'recoveredAt', ${utc('recovered_at')}
         ) order by position), '[]')::text
         from due
       ) as due,
       (
         select count(*)::integer
         from ops.alerts as alerts
         where recovered_at is null and not is_news
           and not exists (select from due where due.condition = alerts.condition and due.subject = alerts.subject)
       ) as others_standing,
       ${utc('now()')} as sent_at`,
    [channel, cooldownMinutes],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('PostgreSQL gave no row.');
  return {
    notices: JSON.parse(row.due) as Notice[],
    othersStanding: row.others_standing,
    sentAt: row.sent_at,
  };
}

function utc(time: string): string {
  return `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
}

async function tryLock(client: Queryable): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    'select pg_try_advisory_lock(hashtext($1)) as taken',
    [LOCK],
  );
  return rows[0]?.taken === true;
}
