import { readFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import dotenv from 'dotenv';
import { type Config, loadConfig } from './config.ts';
import type { DatabaseRole } from './database-location.ts';
import { openEmbedded } from './embedded/open-embedded.ts';
import { messageOf, UserError } from './errors.ts';
import { armFailpoint } from './failpoint.ts';
import { type Layer, type Logger, type Logs, openLogs } from './logger.ts';
import { createRedactor } from './redact.ts';
import { createShutdown, type Shutdown } from './shutdown.ts';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true; strict: true }>
>;

export interface Command<O extends Options> {
  /** As after `npm run`; shown in logs and in pg_stat_activity. */
  name: string;
  /** What `--help` prints. */
  help: string;
  options: O;
  /** Whose rights it needs in the database; what a user of its own may be given for. Default: those of the owner. */
  role?: DatabaseRole;
  /** Which log file the process mainly writes; without one it logs nothing to files. */
  layer?: Layer;
  /** Milliseconds from being asked to stop to leaving whatever happens. Default 7000. */
  stopDeadlineMs?: number;
}

export interface CommandContext<O extends Options> {
  config: Config;
  values: Parsed<O>['values'];
  positionals: string[];
  logs: Logs;
  log: Logger;
  shutdown: Shutdown;
  /**
   * Where the database is. The embedded one is started, unless it runs already, and stopped with the process.
   */
  connect: () => Promise<string>;
}

/**
 * The frame of every command, short or long-running: options, configuration, logs and signals; then `body`; then
 * everything released in reverse order. Exit code 0 when the body ended, or was asked to; 1 when it failed,
 * with the reason on standard error; else the number the body gives.
 */
export async function runCommand<const O extends Options>(
  command: Command<O>,
  body: (context: CommandContext<O>) => Promise<number | undefined>,
): Promise<never> {
  let redact = (text: string): string => text;
  let shutdown: Shutdown | undefined;
  let exitCode = 0;
  try {
    const { values, positionals } = readOptions(command);
    const config = readConfig();
    redact = createRedactor(config.secrets);
    armFailpoint(config.failMode);
    const logs = openLogs(command.name, config, command.layer !== undefined);
    const log = logs.layer(command.layer ?? 'pipeline');
    shutdown = createShutdown(log, command.stopDeadlineMs ?? 7000);
    shutdown.onRelease('logs', logs.close);
    const connect = once(() =>
      locateDatabase(config, command.role ?? 'owner', shutdown as Shutdown),
    );
    exitCode = (await body({ config, values, positionals, logs, log, shutdown, connect })) ?? 0;
  } catch (error) {
    // What was cut short because we were asked to stop is no failure.
    if (shutdown?.signal.aborted !== true) {
      process.stderr.write(`${redact(describeFailure(error))}\n`);
      exitCode = 1;
    }
  }
  await shutdown?.releaseAll();
  // Whatever still holds the event loop (a socket that does not close) must not keep the process.
  process.exit(exitCode);
}

function readOptions<O extends Options>(command: Command<O>): Parsed<O> {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
    process.stdout.write(`${command.help.trim()}\n`);
    process.exit(0);
  }
  try {
    return parseArgs({ options: command.options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UserError(`${messageOf(error)}\n\n${command.help.trim()}`);
  }
}

/** Reads `.env` and the environment: nothing else does. */
function readConfig(): Config {
  dotenv.config({ quiet: true });
  return loadConfig(process.env, (path) => readFileSync(path, 'utf8'));
}

async function locateDatabase(
  config: Config,
  role: DatabaseRole,
  shutdown: Shutdown,
): Promise<string> {
  const database = config.databases[role];
  if (database.kind === 'server') return database.connectionString;
  const embedded = await openEmbedded(database.dataDir);
  shutdown.onRelease('embedded PostgreSQL', embedded.release);
  // It listens on this machine only, without TLS; PGSSLMODE is for servers.
  return `${embedded.connectionString}?sslmode=disable`;
}

/** For what a person can correct the message is enough; anything else comes with its stack. */
function describeFailure(error: unknown): string {
  if (error instanceof UserError || !(error instanceof Error)) return `error: ${messageOf(error)}`;
  return `error: ${messageOf(error)}\n${error.stack ?? ''}`;
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
