import { isIP } from 'node:net';
import { z } from 'zod';
import {
  type AlertSettings,
  alertVariables,
  findAlertFaults,
  readAlertSettings,
} from './alert-settings.ts';
import { type ApiSettings, apiVariables, readApiSettings } from './api-settings.ts';
import {
  boolean,
  cron,
  failMode,
  httpUrl,
  integer,
  list,
  namedValues,
  number,
  passwordsIn,
} from './config-values.ts';
import { type DatabaseLocation, type DatabaseRole, withTls } from './database-location.ts';
import { UserError } from './errors.ts';
import type { FailMode } from './failpoint.ts';
import {
  type MetabaseSettings,
  metabaseVariables,
  readMetabaseSettings,
} from './metabase-settings.ts';
import { type ReadText, resolveSecretFiles, secretFileVariables } from './secret-files.ts';

/** A place to download archive hours (BASE/YYYY-MM-DD-H.json.gz) from. */
export interface ArchiveSource {
  /** How its events name their source: `gharchive`, or `archive:NAME` for another one. */
  readonly name: string;
  /** Without a slash at the end. */
  readonly url: string;
}

/** Everything that can be set, checked and with defaults filled in. Times in the unit the name says. */
export interface Config {
  /** Where the warehouse is, as whoever may do everything there. */
  readonly database: DatabaseLocation;
  /** The same for each role, as the user given for it, or else as that one. */
  readonly databases: Readonly<Record<DatabaseRole, DatabaseLocation>>;
  readonly githubTokens: readonly string[];
  readonly githubApiUrl: string;
  readonly githubArchives: readonly ArchiveSource[];
  readonly feeds: readonly string[];
  readonly pollIntervalSeconds: number;
  readonly silverBatchSize: number;
  readonly transformSchedule: string;
  readonly lateArrivalGraceMinutes: number;
  /** For how many days after its end each layer keeps a month; undefined for ever. Never longer than the next layer. */
  readonly retentionDays: Readonly<Record<'bronze' | 'silver' | 'gold', number | undefined>>;
  /** Cron expression; undefined to heal by hand only. */
  readonly healSchedule: string | undefined;
  readonly maxRetries: number;
  readonly alerts: AlertSettings;
  readonly api: ApiSettings;
  /** Whether a failing check of bronze or silver holds gold back. */
  readonly qualityGate: boolean;
  /** A directory with checks of the user's own; undefined for none. */
  readonly qualityChecksDir: string | undefined;
  /** Settings of checks that differ from their defaults. */
  readonly qualitySettings: Readonly<Record<string, string>>;
  readonly metabase: MetabaseSettings;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  readonly logDir: string;
  /** At which step this process is to kill itself; undefined at none. */
  readonly failMode: FailMode | undefined;
  /** What must never appear in a log. */
  readonly secrets: readonly string[];
}

const FEED = /^(public|orgs\/[\w.-]+|users\/[\w.[\]-]+|repos\/[\w.-]+\/[\w.-]+)$/;

/** Every environment variable the project reads. A test keeps `.env.example` in step. */
export const environmentSchema = z.object({
  DATABASE_URL: databaseUrl(),
  LISTENER_DATABASE_URL: databaseUrl(),
  TRANSFORMER_DATABASE_URL: databaseUrl(),
  READER_DATABASE_URL: databaseUrl(),
  DB_HOST: z.string().optional(),
  DB_PORT: integer(1, 65_535).default(5432),
  DB_NAME: z.string().default('assay'),
  DB_USER: z.string().default('assay'),
  DB_PASS: z.string().optional(),
  PGSSLMODE: z.string().optional(),
  PGSSLROOTCERT: z.string().optional(),
  PGSSLCERT: z.string().optional(),
  PGSSLKEY: z.string().optional(),
  GITHUB_TOKEN: z.string().default('').transform(list),
  GITHUB_API_URL: httpUrl().default('https://api.github.com'),
  GITHUB_ARCHIVE_URL: archives().prefault('https://data.gharchive.org'),
  FEEDS: z
    .string()
    .default('public')
    .transform(list)
    .pipe(
      z
        .array(
          z.string().regex(FEED, {
            error: (issue) =>
              `has the feed "${issue.input}"; a feed is public, orgs/NAME, repos/OWNER/NAME or users/NAME`,
          }),
        )
        .min(1, 'must name at least one feed, such as public'),
    ),
  POLL_INTERVAL_SECONDS: number(0.05, 86_400).default(60),
  SILVER_BATCH_SIZE: integer(1, 1_000_000).default(5000),
  DEMO_MODE: boolean().default(false),
  TRANSFORM_SCHEDULE: cron().optional(),
  HEAL_SCHEDULE: cron().optional(),
  LATE_ARRIVAL_GRACE_MINUTES: integer(1, 525_600).default(60),
  BRONZE_RETENTION_DAYS: integer(1, 36_500).optional(),
  SILVER_RETENTION_DAYS: integer(1, 36_500).optional(),
  GOLD_RETENTION_DAYS: integer(1, 36_500).optional(),
  MAX_RETRIES: integer(0, 100).default(4),
  QUALITY_GATE: boolean().default(true),
  QUALITY_CHECKS_DIR: z.string().optional(),
  QUALITY_SETTINGS: namedValues().prefault(''),
  EMBEDDED_DATA_DIR: z.string().default('.data/postgres'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  LOG_DIR: z.string().default('logs'),
  ...alertVariables,
  ...metabaseVariables,
  ...apiVariables,
  ...secretFileVariables,
  FAIL_MODE: failMode().prefault('none'),
});

/** A layer that outlives the one after it could not be dropped: a rebuild would bring its rows back. */
function checkRetention(env: z.infer<typeof environmentSchema>): string[] {
  const layers = ['BRONZE_RETENTION_DAYS', 'SILVER_RETENTION_DAYS', 'GOLD_RETENTION_DAYS'] as const;
  return layers.slice(1).flatMap((layer, index) => {
    const before = layers[index];
    const days = env[layer];
    if (
      before === undefined ||
      days === undefined ||
      (env[before] ?? Number.POSITIVE_INFINITY) <= days
    )
      return [];
    return [`${layer} is ${days}, so ${before} has to be set too, to no more than that`];
  });
}

/**
 * Reads the configuration from environment variables. An empty variable counts as not set.
 *
 * @param readText reads the file that a `…_FILE` variable names; without it such a variable is a fault.
 * @throws UserError that lists every fault at once.
 */
export function loadConfig(
  environment: Readonly<Record<string, string | undefined>>,
  readText: ReadText = refuseFiles,
): Config {
  const { given, faults } = resolveSecretFiles(
    Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim() !== '')),
    readText,
  );
  const parsed = environmentSchema.safeParse(given);
  for (const issue of parsed.error?.issues ?? [])
    faults.push(`${String(issue.path[0])} ${issue.message}`);
  faults.push(...findAlertFaults(given));
  const located = parsed.success ? locateDatabases(parsed.data) : undefined;
  faults.push(...(located?.faults ?? []));
  if (parsed.success) {
    faults.push(...checkRetention(parsed.data));
    if (parsed.data.FAIL_MODE !== undefined && given.NODE_ENV === 'production')
      faults.push(
        'FAIL_MODE is set, and NODE_ENV is production, where no process may be told to kill itself',
      );
  }
  if (!parsed.success || located === undefined || faults.length > 0) {
    throw new UserError(
      `The configuration has faults:\n${faults.map((fault) => `  ${fault}`).join('\n')}\nSee .env.example for what each variable means.`,
    );
  }
  const env = parsed.data;
  const alerts = readAlertSettings(env);
  return Object.freeze({
    database: located.databases.owner,
    databases: located.databases,
    githubTokens: env.GITHUB_TOKEN,
    githubApiUrl: env.GITHUB_API_URL,
    githubArchives: env.GITHUB_ARCHIVE_URL,
    feeds: [...new Set(env.FEEDS)],
    pollIntervalSeconds: env.POLL_INTERVAL_SECONDS,
    silverBatchSize: env.SILVER_BATCH_SIZE,
    transformSchedule: env.TRANSFORM_SCHEDULE ?? (env.DEMO_MODE ? '*/2 * * * *' : '0 2 * * *'),
    healSchedule: env.HEAL_SCHEDULE,
    lateArrivalGraceMinutes: env.LATE_ARRIVAL_GRACE_MINUTES,
    retentionDays: {
      bronze: env.BRONZE_RETENTION_DAYS,
      silver: env.SILVER_RETENTION_DAYS,
      gold: env.GOLD_RETENTION_DAYS,
    },
    maxRetries: env.MAX_RETRIES,
    alerts,
    api: readApiSettings(env),
    qualityGate: env.QUALITY_GATE,
    qualityChecksDir: env.QUALITY_CHECKS_DIR,
    qualitySettings: env.QUALITY_SETTINGS,
    metabase: readMetabaseSettings(env),
    logLevel: env.LOG_LEVEL,
    logDir: env.LOG_DIR,
    failMode: env.FAIL_MODE,
    secrets: [
      ...new Set([
        ...env.GITHUB_TOKEN,
        ...env.API_KEYS,
        env.DB_PASS ?? '',
        env.METABASE_ADMIN_PASSWORD ?? '',
        ...[
          env.DATABASE_URL,
          env.LISTENER_DATABASE_URL,
          env.TRANSFORMER_DATABASE_URL,
          env.READER_DATABASE_URL,
          env.GITHUB_API_URL,
          env.METABASE_URL,
          ...env.GITHUB_ARCHIVE_URL.map(({ url }) => url),
        ].flatMap(passwordsIn),
        ...alerts.secrets,
      ]),
    ].filter((secret) => secret !== ''),
  });
}

/** Each role's own URL where one is given, and the TLS variables in all of them. */
function locateDatabases(env: z.infer<typeof environmentSchema>): {
  databases: Record<DatabaseRole, DatabaseLocation>;
  faults: string[];
} {
  const faults: string[] = [];
  const locate = (variable: string, url: string | undefined): DatabaseLocation => {
    const location: DatabaseLocation =
      url === undefined ? locateOwner(env) : { kind: 'server', connectionString: url };
    if (location.kind === 'embedded') return location;
    const name =
      url === undefined ? (env.DATABASE_URL === undefined ? 'DB_HOST' : 'DATABASE_URL') : variable;
    const note = (fault: string) => {
      const line = `${name} ${fault}`;
      if (!faults.includes(line)) faults.push(line);
    };
    return {
      kind: 'server',
      connectionString: withTls(location.connectionString, env, note),
    };
  };
  const databases = {
    owner: locate('DATABASE_URL', env.DATABASE_URL),
    listener: locate('LISTENER_DATABASE_URL', env.LISTENER_DATABASE_URL),
    transformer: locate('TRANSFORMER_DATABASE_URL', env.TRANSFORMER_DATABASE_URL),
    reader: locate('READER_DATABASE_URL', env.READER_DATABASE_URL),
  };
  return { databases, faults };
}

function locateOwner(env: z.infer<typeof environmentSchema>): DatabaseLocation {
  if (env.DATABASE_URL !== undefined) return { kind: 'server', connectionString: env.DATABASE_URL };
  if (env.DB_HOST === undefined) return { kind: 'embedded', dataDir: env.EMBEDDED_DATA_DIR };
  const host = isIP(env.DB_HOST) === 6 ? `[${env.DB_HOST}]` : encodeURIComponent(env.DB_HOST);
  const password = env.DB_PASS === undefined ? '' : `:${encodeURIComponent(env.DB_PASS)}`;
  const credentials = `${encodeURIComponent(env.DB_USER)}${password}`;
  return {
    kind: 'server',
    connectionString: `postgres://${credentials}@${host}:${env.DB_PORT}/${encodeURIComponent(env.DB_NAME)}`,
  };
}

function refuseFiles(): never {
  throw new Error('no file can be read here');
}

function databaseUrl() {
  return z
    .url({
      protocol: /^postgres(ql)?$/,
      error: 'must be a URL such as postgres://user:password@host:5432/assay',
    })
    .optional();
}

/** URL or NAME=URL, separated by commas. One may go without a name: it counts as GH Archive. */
function archives() {
  return z.string().transform((text, context): ArchiveSource[] => {
    const sources = list(text).map((entry) => {
      const [, name, url = ''] = /^(?:([\w.-]+)=)?(.*)$/s.exec(entry) ?? [];
      if (!httpUrl().safeParse(url).success)
        context.addIssue(
          `has "${entry.replace(/\/\/[^@/]*@/, '//')}"; an archive is an http or https URL, or NAME=URL`,
        );
      return {
        name: name === undefined || name === 'gharchive' ? 'gharchive' : `archive:${name}`,
        url: url.replace(/\/+$/, ''),
      };
    });
    if (new Set(sources.map(({ name }) => name)).size < sources.length)
      context.addIssue('has two archives of one name; write NAME=URL to tell them apart');
    return sources;
  });
}
