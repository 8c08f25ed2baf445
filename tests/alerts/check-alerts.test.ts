import { beforeEach, describe, expect, test } from 'vitest';
import { openChannels } from '../../apps/shared/alerts/channels.ts';
import { type CheckReport, checkAlerts } from '../../apps/shared/alerts/check-alerts.ts';
import type { Condition } from '../../apps/shared/alerts/conditions.ts';
import { loadConfig } from '../../apps/shared/config.ts';
import { createRedactor } from '../../apps/shared/redact.ts';
import { showAlerts } from '../../scripts/alerts/show-alerts.ts';
import { silentLog } from '../support/run-transform.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { type Hook, useHooks } from './support.ts';

const database = useTestDatabase();
const startHook = useHooks();
let hook: Hook;

/** What is wrong is what this table says. */
const condition = (name: string): Condition => ({
  name,
  sql: `select subject, severity, detail, since from public.wrong where condition = '${name}'`,
  needs: [],
});
const conditions = [condition('first'), condition('second')];

beforeEach(async () => {
  await emptyWarehouse(database);
  await database.pool.query(`
    create table if not exists public.wrong (condition text, subject text, severity text, detail text, since timestamptz);
    truncate public.wrong`);
  hook = await startHook();
});

/** Makes something wrong. */
async function plant(name: string, subject: string, severity = 'fail', detail = 'It is wrong.') {
  await database.pool.query(
    `insert into public.wrong values ($1, $2, $3, $4, '2026-03-01T12:00:00Z')`,
    [name, subject, severity, detail],
  );
}

async function check(
  environment: Record<string, string> = {},
  others: { conditions?: Condition[]; sendMs?: number } = {},
): Promise<CheckReport> {
  const config = loadConfig({ ALERT_WEBHOOK_URL: hook.url, ...environment });
  return await checkAlerts({
    connectionString: database.connectionString,
    settings: config.alerts,
    channels: openChannels(config.alerts, silentLog),
    log: silentLog,
    redact: createRedactor(config.secrets),
    signal: new AbortController().signal,
    conditions,
    ...others,
  });
}

interface Told {
  kind: string;
  subject: string;
  severity: string;
  detail: string;
}

/** What came since the last look, one list per message. */
function told(): string[][] {
  return hook.requests
    .splice(0)
    .map(({ body }) =>
      (body.alerts as Told[]).map(
        ({ kind, subject, severity }) => `${kind} ${severity} ${subject}`,
      ),
    );
}

/** Lets time pass for what has been told and seen. */
async function pass(interval: string): Promise<void> {
  await database.pool.query(
    `update ops.alert_notices set told_at = told_at - '${interval}'::interval;
     update ops.alerts set opened_at = opened_at - '${interval}'::interval,
       last_seen_at = last_seen_at - '${interval}'::interval,
       recovered_at = recovered_at - '${interval}'::interval,
       last_recovered_at = last_recovered_at - '${interval}'::interval`,
  );
}

const heal = (subject: string) =>
  database.pool.query('delete from public.wrong where subject = $1', [subject]);

describe('checkAlerts', () => {
  test('says nothing while all is well', async () => {
    expect(await check()).toEqual({
      kind: 'checked',
      sent: [
        { channel: 'log', notices: 0 },
        { channel: 'webhook', notices: 0 },
      ],
      faults: [],
    });
    expect(told()).toEqual([]);
  });

  test('groups what is new into one message, the worst first', async () => {
    await plant('second', 'c', 'warn');
    await plant('first', 'a');
    await plant('second', 'b');
    await check();
    expect(told()).toEqual([['new fail a', 'new fail b', 'new warn c']]);
  });

  test('tells it again only after the cool-down, though another process asks', async () => {
    await plant('first', 'a');
    for (let round = 0; round < 3; round++) await check();
    expect(told()).toEqual([['new fail a']]);
    await pass('359 minutes');
    await check();
    expect(told()).toEqual([]);
    await pass('2 minutes');
    await check();
    expect(told()).toEqual([['again fail a']]);
    await check({ ALERT_COOLDOWN_MINUTES: '0' });
    expect(told()).toEqual([['again fail a']]);
    expect(await database.rows('select seen_count::int, recovered_at from ops.alerts')).toEqual([
      { seen_count: 6, recovered_at: null },
    ]);
  });

  test('a later one comes alone, with the number of those known', async () => {
    await plant('first', 'a');
    await check();
    await plant('first', 'b', 'warn');
    told();
    await check();
    expect(hook.requests[0]?.body).toMatchObject({ others_standing: 1, severity: 'warn' });
    expect(told()).toEqual([['new warn b']]);
  });

  test('what gets worse is told at once, what gets milder is not', async () => {
    await plant('first', 'a', 'warn');
    await check();
    await database.pool.query(`update public.wrong set severity = 'fail'`);
    await check();
    await database.pool.query(`update public.wrong set severity = 'warn'`);
    await check();
    expect(told()).toEqual([['new warn a'], ['new fail a']]);
  });

  test('recovery is told once, with since when and until when', async () => {
    await plant('first', 'a');
    await plant('first', 'b');
    await check();
    told();
    await heal('a');
    await check();
    expect(hook.requests[0]?.body).toMatchObject({
      severity: 'recovered',
      others_standing: 1,
      alerts: [
        { kind: 'recovered', since: '2026-03-01T12:00:00Z', recovered_at: expect.any(String) },
      ],
    });
    await check();
    expect(told()).toEqual([['recovered fail a']]);
  });

  test('what comes back is told at once; what comes and goes does not fill the channel', async () => {
    const rounds: string[][] = [];
    for (let round = 0; round < 4; round++) {
      await plant('first', 'a');
      await check();
      await heal('a');
      await check();
      await pass('10 minutes');
      rounds.push(told().flat());
    }
    // The channel was told last that it stands, so nobody believes that all is well.
    expect(rounds).toEqual([['new fail a', 'recovered fail a'], ['new fail a'], [], []]);
    await pass('6 hours');
    await check();
    expect(told()).toEqual([['recovered fail a']]);
    await pass('7 hours');
    await plant('first', 'a');
    await check();
    await heal('a');
    await check();
    expect(told()).toEqual([['new fail a'], ['recovered fail a']]);
  });

  test('a channel that fails is told the next time, and costs the others nothing', async () => {
    const slack = await startHook();
    slack.answer = (response) => void response.writeHead(500).end('no');
    await plant('first', 'a');
    const environment = { ALERT_SLACK_WEBHOOK_URL: slack.url };
    const report = await check(environment);
    expect(report).toMatchObject({
      faults: ['the channel slack was not told: the server answered 500: no'],
    });
    expect(told()).toEqual([['new fail a']]);
    slack.answer = (response) => void response.end('ok');
    slack.requests.splice(0);
    await check(environment);
    await check(environment);
    expect(slack.requests).toHaveLength(1);
    expect(told()).toEqual([]);
  });

  test('a channel that hangs is left after its time', async () => {
    hook.answer = () => {};
    await plant('first', 'a');
    expect(await check({}, { sendMs: 200 })).toMatchObject({
      sent: [{ channel: 'log', notices: 1 }],
      faults: [expect.stringMatching(/the channel webhook was not told: .*timeout/)],
    });
  });

  test('a channel that is set later is told what stands, and not what is over', async () => {
    await plant('first', 'a');
    await plant('first', 'b');
    await check();
    await heal('b');
    const slack = await startHook();
    await check({ ALERT_SLACK_WEBHOOK_URL: slack.url });
    expect(slack.requests).toHaveLength(1);
    expect(slack.requests[0]?.body.text).toContain('first: a');
    expect(slack.requests[0]?.body.text).not.toContain('first: b');
  });

  test('two at once send once', async () => {
    await plant('first', 'a');
    hook.answer = (response) => void setTimeout(() => response.end('ok'), 200);
    const reports = await Promise.all([check(), check(), check()]);
    expect(reports.map(({ kind }) => kind).sort()).toEqual(['busy', 'busy', 'checked']);
    expect(told()).toEqual([['new fail a']]);
  });

  test('a process that dies between sending and noting it tells it again rather than never', async () => {
    await plant('first', 'a');
    const config = loadConfig({ ALERT_WEBHOOK_URL: hook.url });
    const [, webhook] = openChannels(config.alerts, silentLog);
    const dying = checkAlerts({
      connectionString: database.connectionString,
      settings: config.alerts,
      channels: [
        {
          name: 'webhook',
          send: async (message, signal) => {
            await webhook?.send(message, signal);
            await database.pool.query(
              `select pg_terminate_backend(pid) from pg_stat_activity
               where application_name = 'assay alerts' and datname = current_database()`,
            );
          },
        },
      ],
      log: silentLog,
      redact: (text) => text,
      signal: new AbortController().signal,
      conditions,
    });
    await expect(dying).rejects.toThrow();
    await check();
    expect(told()).toEqual([['new fail a'], ['new fail a']]);
  });

  test('a condition that cannot be read is told itself, and what it said before stays', async () => {
    await plant('first', 'a');
    await plant('second', 'b');
    await check();
    told();
    await heal('b');
    const broken = { ...condition('first'), sql: 'select 1 / 0 as subject' };
    const report = await check({}, { conditions: [broken, condition('second')] });
    expect(report).toMatchObject({
      faults: [expect.stringMatching(/^warehouse\/alerts\/first.sql cannot be read: /)],
    });
    expect(told()).toEqual([['new warn first', 'recovered fail b']]);
    await check();
    expect(told()).toEqual([['recovered warn first']]);
    expect(
      await database.rows('select subject from ops.alerts where recovered_at is null'),
    ).toEqual([{ subject: 'a' }]);
  });

  test.each([
    ["select 'a' as subject, 'bad' as severity, 'x' as detail, now() as since"],
    ["select null as subject, 'warn' as severity, 'x' as detail, now() as since"],
    ["select 'a' as subject, 'warn' as severity, 'x' as detail"],
    ["insert into public.wrong values ('x') returning 1"],
    ['select pg_sleep(1); select 2'],
  ])('a condition is refused when it is %j', async (sql) => {
    const report = await check({}, { conditions: [{ name: 'odd', sql, needs: [] }] });
    expect(report).toMatchObject({ faults: [expect.stringContaining('odd.sql cannot be read')] });
    expect(await database.value('select count(*)::int from public.wrong')).toBe(0);
  });

  test('a condition whose tables are not there does not apply', async () => {
    const absent = {
      name: 'x',
      sql: 'select * from ops.absent',
      needs: ['ops.alerts', 'ops.absent'],
    };
    expect(await check({}, { conditions: [absent] })).toMatchObject({ faults: [] });
  });

  test('an ignored condition is not told, and forgotten', async () => {
    await plant('first', 'a');
    await check();
    told();
    await check({ ALERT_IGNORE: 'first' });
    expect(told()).toEqual([]);
    expect(await database.rows('select * from ops.alerts')).toEqual([]);
  });

  test('news is told once: not again, and not as over', async () => {
    const news = (subject: string) => ({
      name: 'news',
      sql: `select '${subject}' as subject, 'warn' as severity, 'It changed.' as detail, now() as since, true as is_news`,
      needs: [],
    });
    await check({}, { conditions: [news('a')] });
    await pass('7 hours');
    await check({}, { conditions: [news('a')] });
    await check({}, { conditions: [news('b')] });
    expect(hook.requests.at(-1)?.body.others_standing).toBe(0);
    await check({}, { conditions: [news('b')] });
    expect(told()).toEqual([['new warn a'], ['new warn b']]);
  });

  test('a subject named twice is one alert, the worse', async () => {
    await plant('first', 'a', 'warn', 'mild');
    await plant('first', 'a', 'fail', 'bad');
    await check();
    expect(told()).toEqual([['new fail a']]);
  });

  test('no secret goes out, though an error quotes one', async () => {
    await plant('first', 'a', 'fail', 'cannot reach postgres://u:hunter2@h/d, key hunter2');
    await check({ DB_PASS: 'hunter2', DB_HOST: 'h' });
    expect(JSON.stringify(hook.requests)).toContain('[redacted]');
    expect(JSON.stringify(hook.requests)).not.toContain('hunter2');
  });

  test('the list shows what stands and who was told', async () => {
    expect(await showAlerts(database.pool, false)).toBe('No alert stands.\n');
    await plant('first', 'a');
    await check();
    expect(await showAlerts(database.pool, false)).toMatch(
      /^state .*\n.*\nstands +fail +first +a +2026-03-01T12:00:00Z +log, webhook +It is wrong\.\n$/,
    );
    expect(JSON.parse(await showAlerts(database.pool, true))).toMatchObject([
      { state: 'stands', condition: 'first', told: ['log', 'webhook'] },
    ]);
  });
});
