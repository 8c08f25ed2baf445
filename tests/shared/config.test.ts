import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import schedule from 'node-schedule';
import { describe, expect, test } from 'vitest';
import { environmentSchema, loadConfig } from '../../apps/shared/config.ts';
import { projectRoot } from '../../apps/shared/project-root.ts';
import { warehouseProcesses } from '../../apps/shared/warehouse-processes.ts';

describe('loadConfig', () => {
  test('has a default for everything', () => {
    expect(loadConfig({})).toMatchObject({
      database: { kind: 'embedded', dataDir: '.data/postgres' },
      githubTokens: [],
      feeds: ['public'],
      pollIntervalSeconds: 60,
      silverBatchSize: 5000,
      transformSchedule: '0 2 * * *',
      lateArrivalGraceMinutes: 60,
      maxRetries: 4,
    });
  });

  test('lists every fault at once, and what was expected', () => {
    const load = () =>
      loadConfig({
        DB_PORT: 'x',
        SILVER_BATCH_SIZE: '0',
        FEEDS: 'public,orgs/a/b',
        GITHUB_API_URL: 'ftp://x',
        DEMO_MODE: 'maybe',
        TRANSFORM_SCHEDULE: 'every day',
        HEAL_SCHEDULE: '0 2 * *',
      });
    expect(load).toThrow(/DB_PORT must be a number from 1 to 65535/);
    expect(load).toThrow(/SILVER_BATCH_SIZE must be at least 1/);
    expect(load).toThrow(/FEEDS has the feed "orgs\/a\/b"/);
    expect(load).toThrow(/GITHUB_API_URL must be an http or https URL/);
    expect(load).toThrow(/DEMO_MODE must be true or false/);
    expect(load).toThrow(/TRANSFORM_SCHEDULE is "every day"; it must be a cron expression/);
    expect(load).toThrow(/HEAL_SCHEDULE is "0 2 \* \*"; it must be a cron expression/);
  });

  test('an empty variable counts as not set', () => {
    expect(loadConfig({ DB_HOST: '', POLL_INTERVAL_SECONDS: ' ' }).pollIntervalSeconds).toBe(60);
  });

  test.each([
    [{ DEMO_MODE: 'true' }, '*/2 * * * *'],
    [{ DEMO_MODE: 'true', TRANSFORM_SCHEDULE: '5 * * * *' }, '5 * * * *'],
  ])('the schedule of %j is %s', (environment, schedule) => {
    expect(loadConfig(environment).transformSchedule).toBe(schedule);
  });

  test.each(['*/5 * * * * *', '30 6 * * 1-5', '0 0 29 2 *', '@hourly', '0 0 L * *'])(
    'the schedule %s is one, and nothing stays scheduled',
    (HEAL_SCHEDULE) => {
      expect(loadConfig({ HEAL_SCHEDULE }).healSchedule).toBe(HEAL_SCHEDULE);
      expect(schedule.scheduledJobs).toEqual({});
    },
  );

  test.each([
    '5',
    'MON',
    '60 * * * *',
    '0 0 31 2 *',
    '2100-01-01',
    'Fri Jan 1 2100 00:00',
    '@often',
  ])('the schedule %s is none, whatever the scheduler would make of it', (HEAL_SCHEDULE) => {
    expect(() => loadConfig({ HEAL_SCHEDULE })).toThrow('HEAL_SCHEDULE');
    expect(schedule.scheduledJobs).toEqual({});
  });

  test('parts of a connection are escaped into a URL, and a URL wins over parts', () => {
    const parts = {
      DB_HOST: '::1',
      DB_PASS: 'p@ss/w:rd',
      DB_USER: 'me',
      DB_NAME: 'a b',
      DB_PORT: '6543',
    };
    expect(loadConfig(parts).database).toEqual({
      kind: 'server',
      connectionString: 'postgres://me:p%40ss%2Fw%3Ard@[::1]:6543/a%20b',
    });
    expect(loadConfig({ ...parts, DATABASE_URL: 'postgresql://u@h/d' }).database).toEqual({
      kind: 'server',
      connectionString: 'postgresql://u@h/d',
    });
  });

  test('knows every secret, several tokens and a password inside a URL among them', () => {
    const { secrets, githubTokens } = loadConfig({
      GITHUB_TOKEN: 'ghp_one, ghp_two',
      DATABASE_URL: 'postgres://u:s%2Fecret@h/d',
      DB_PASS: 'other',
    });
    expect(githubTokens).toEqual(['ghp_one', 'ghp_two']);
    expect(secrets).toEqual(['ghp_one', 'ghp_two', 'other', 's%2Fecret', 's/ecret']);
  });

  test('a layer may not be kept longer than the next one', () => {
    const days = {
      BRONZE_RETENTION_DAYS: '30',
      SILVER_RETENTION_DAYS: '90',
      GOLD_RETENTION_DAYS: '400',
    };
    expect(loadConfig(days).retentionDays).toEqual({ bronze: 30, silver: 90, gold: 400 });
    expect(loadConfig({ BRONZE_RETENTION_DAYS: '30' }).retentionDays.gold).toBeUndefined();
    expect(() => loadConfig({ ...days, SILVER_RETENTION_DAYS: '' })).toThrow(
      'GOLD_RETENTION_DAYS is 400, so SILVER_RETENTION_DAYS has to be set too, to no more than that',
    );
    expect(() => loadConfig({ ...days, BRONZE_RETENTION_DAYS: '91' })).toThrow(
      'SILVER_RETENTION_DAYS is 90',
    );
    expect(() => loadConfig({ BRONZE_RETENTION_DAYS: '0' })).toThrow('BRONZE_RETENTION_DAYS');
  });

  test('knows a password with a bare % in it', () => {
    const GITHUB_ARCHIVE_URL = 'https://u:50%@h/a, x=https://u:%40%ff@h/b, y=https://u:%40%@h/c';
    expect(loadConfig({ GITHUB_ARCHIVE_URL }).secrets).toEqual(['50%', '%40%ff', '%40%', '@%']);
  });

  test('.env.example names exactly the variables that exist, with the defaults that hold', () => {
    const example = parse(readFileSync(join(projectRoot, '.env.example')));
    expect(Object.keys(example).sort()).toEqual(Object.keys(environmentSchema.shape).sort());
    expect(loadConfig(example)).toEqual(loadConfig({}));
  });
});

describe('secrets in files', () => {
  const files: Record<string, string> = {
    '/run/secrets/token': 'ghp_one,ghp_two\n',
    '/run/secrets/url': 'postgres://u:in%20file@h/d\r\n',
    '/run/secrets/slack': 'https://hooks.example/T/B/x/',
    '/run/secrets/inner': ' spaces and\nlines stay \n\n',
    '/run/secrets/empty': '\n',
  };
  const readText = (path: string) => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT: no such file, open '${path}'`);
    return text;
  };

  test('stand for the variables, without the line end', () => {
    const config = loadConfig(
      {
        GITHUB_TOKEN_FILE: '/run/secrets/token',
        DATABASE_URL_FILE: '/run/secrets/url',
        ALERT_SLACK_WEBHOOK_URL_FILE: '/run/secrets/slack',
      },
      readText,
    );
    expect(config).toMatchObject({
      githubTokens: ['ghp_one', 'ghp_two'],
      database: { connectionString: 'postgres://u:in%20file@h/d' },
      alerts: { slackUrl: 'https://hooks.example/T/B/x/' },
    });
    expect(config.secrets).toEqual(
      expect.arrayContaining(['ghp_two', 'in file', 'https://hooks.example/T/B/x/']),
    );
    const { secrets } = loadConfig({ DB_PASS_FILE: '/run/secrets/inner' }, readText);
    expect(secrets).toEqual([' spaces and\nlines stay ']);
  });

  test('all faults are named together with the others', () => {
    const load = () =>
      loadConfig(
        {
          DB_PASS: 'secret',
          DB_PASS_FILE: '/run/secrets/token',
          GITHUB_TOKEN_FILE: '/run/secrets/none',
          DATABASE_URL_FILE: '/run/secrets/empty',
          DB_PORT: 'x',
        },
        readText,
      );
    expect(load).toThrow(/DB_PASS and DB_PASS_FILE are both set/);
    expect(load).toThrow(/GITHUB_TOKEN_FILE names a file that cannot be read: ENOENT/);
    expect(load).toThrow(/DATABASE_URL_FILE names an empty file/);
    expect(load).toThrow(/DB_PORT must be a number/);
    expect(load).not.toThrow(/secret'|ghp_/);
  });

  test('what a file holds is checked like what a variable holds', () => {
    expect(() => loadConfig({ DATABASE_URL_FILE: '/run/secrets/token' }, readText)).toThrow(
      /DATABASE_URL must be a URL such as/,
    );
  });

  test('do not stand in the way of what a parent process sets for its children', () => {
    const inherited = { DATABASE_URL_FILE: '/run/secrets/url', DB_PASS_FILE: '/run/secrets/inner' };
    const [listener] = warehouseProcesses({ DATABASE_URL: 'postgres://u@h/other' });
    const config = loadConfig({ ...inherited, ...listener?.env }, readText);
    expect(config.database).toMatchObject({ connectionString: 'postgres://u@h/other' });
  });

  test('an empty NAME_FILE counts as not set', () => {
    expect(loadConfig({ DB_PASS: 'x', DB_PASS_FILE: '' }, readText).secrets).toEqual(['x']);
  });
});

describe('alerts', () => {
  test('no channel by default', () => {
    expect(loadConfig({}).alerts).toMatchObject({
      slackUrl: undefined,
      webhook: undefined,
      email: undefined,
      cooldownMinutes: 360,
      ignored: [],
    });
  });

  test('e-mail needs all of its variables, a token something to go with', () => {
    expect(() => loadConfig({ ALERT_SMTP_URL: 'smtp://h' })).toThrow(
      /ALERT_EMAIL_FROM and ALERT_EMAIL_TO must be set too/,
    );
    expect(() => loadConfig({ ALERT_WEBHOOK_TOKEN: 'x' })).toThrow(/without ALERT_WEBHOOK_URL/);
  });

  test.each([
    { ALERT_SMTP_URL: 'http://h', ALERT_EMAIL_FROM: 'a@b', ALERT_EMAIL_TO: 'c@d' },
    { ALERT_SMTP_URL: 'smtp://h', ALERT_EMAIL_FROM: 'nobody', ALERT_EMAIL_TO: 'c@d' },
    { ALERT_SMTP_URL: 'smtp://h', ALERT_EMAIL_FROM: 'a@b', ALERT_EMAIL_TO: 'c@d, x\r\nBcc: e@f' },
    { ALERT_SLACK_WEBHOOK_URL: 'hooks.example' },
    { ALERT_WEBHOOK_URL: 'https://h', ALERT_WEBHOOK_TOKEN: 'two words' },
    { ALERT_COOLDOWN_MINUTES: '-1' },
  ])('%j is a fault', (environment) => {
    expect(() => loadConfig(environment)).toThrow(/The configuration has faults/);
  });

  test('passwords and URLs of channels are secrets', () => {
    const { alerts, secrets } = loadConfig({
      ALERT_SMTP_URL: 'smtp://me:p%40ss@mail.example:587',
      ALERT_EMAIL_FROM: 'Assay <a@example.org>',
      ALERT_EMAIL_TO: 'b@example.org, c@example.org',
      ALERT_WEBHOOK_URL: 'https://example.org/hook?key=k',
      ALERT_WEBHOOK_TOKEN: 'bearer-token',
    });
    expect(alerts.email?.to).toEqual(['b@example.org', 'c@example.org']);
    for (const secret of ['p@ss', 'https://example.org/hook?key=k', 'bearer-token'])
      expect(secrets).toContain(secret);
  });
});
