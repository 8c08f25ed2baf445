// The command line and the environment of `npm run simulator`, as options.
import { parseArgs } from 'node:util';
import type { FailureKind } from './create-failures.ts';
import type { ArchivePlan, SimulatorOptions } from './simulator-types.ts';

export const usage = `Usage: npm run simulator -- [options]

A GitHub on this machine: events API and hourly archive, made up from a seed.

  --port N                    port to listen on; 0 takes a free one (4010)
  --host HOST                 address to listen on (127.0.0.1)
  --seed N                    the world follows from it (1)
  --events-per-second N       how fast the public timeline moves (20)
  --bad-row-rate SHARE        share of events broken or odd on purpose, 0 to 1 (0)
  --late-rate SHARE           share that appears 30 s to 6 h late (0.01)
  --duplicate-rate SHARE      share that appears twice (0.005)
  --poll-interval-seconds N   what X-Poll-Interval says (60)
  --rate-limit N              requests an hour for everybody (5000 with a token, 60 without)
  --suspended-token T         a token of a suspended account; may be repeated
  --history-hours N           whole hours of timeline before the start (3)
  --epoch TIME                when second 0 of the timeline was, e.g. 2026-01-31T00:00:00Z (now)
  --archive NAME=SHARE        another archive, which caught that share; may be repeated
  --failure-rate SHARE        share of requests that fail (0)
  --failure-kinds LIST        how, e.g. 500,429,html,reset (all but timeout)
  --replay FILE…              serve the real events of these files instead (NDJSON or array, also .gz)
  --truth                     print what was offered, as JSON, when it stops
  --help                      print this

Each option can also be set by an environment variable, e.g. SIMULATOR_EVENTS_PER_SECOND;
lists are separated by commas there. The command line wins.
`;

export interface Command {
  help: boolean;
  /** Whether to print the truth at the end. */
  truth: boolean;
  port: number;
  host: string;
  options: SimulatorOptions;
}

const lists = ['suspended-token', 'archive', 'replay'];
const switches = ['truth', 'help'];
const texts = [
  'port host seed events-per-second bad-row-rate late-rate duplicate-rate poll-interval-seconds',
  'rate-limit history-hours epoch failure-rate failure-kinds',
].flatMap((names) => names.split(' '));

/**
 * Reads what the simulator was called with.
 * @param args the arguments after the script's name
 * @throws Error that lists every fault, one a line
 */
export function readCommandLine(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    // `--replay A B C`: all but the first come as positionals.
    allowPositionals: true,
    options: {
      ...Object.fromEntries(texts.map((name) => [name, { type: 'string' as const }])),
      ...Object.fromEntries(
        lists.map((name) => [name, { type: 'string' as const, multiple: true }]),
      ),
      ...Object.fromEntries(switches.map((name) => [name, { type: 'boolean' as const }])),
    },
  });
  const faults: string[] = [];
  const fromEnv = (name: string) => env[`SIMULATOR_${name.replaceAll('-', '_').toUpperCase()}`];
  const text = (name: string) => asText(values[name]) ?? asText(fromEnv(name));
  const list = (name: string): string[] =>
    Array.isArray(values[name]) ? values[name].map(String) : splitList(fromEnv(name));
  const isSet = (name: string) =>
    values[name] === true || /^(1|true|yes)$/i.test(fromEnv(name) ?? '');
  const number = (name: string) => {
    const given = text(name);
    const value = Number(given);
    if (given !== undefined && !Number.isFinite(value)) {
      faults.push(`--${name} must be a number, not ${given}`);
    }
    return given === undefined ? undefined : value;
  };

  const port = number('port') ?? 4010;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    faults.push(`--port must be from 0 to 65535, not ${port}`);
  }
  const epoch = text('epoch');
  if (epoch !== undefined && Number.isNaN(Date.parse(epoch))) {
    faults.push(`--epoch must be a time such as 2026-01-31T00:00:00Z, not ${epoch}`);
  }
  const replay = list('replay');
  if (replay.length > 0) replay.push(...positionals);
  else if (positionals.length > 0) faults.push(`unexpected argument ${positionals[0]}`);
  const failureRate = number('failure-rate');
  const kinds = splitList(text('failure-kinds')) as FailureKind[];

  const options = given({
    seed: number('seed'),
    eventsPerSecond: number('events-per-second'),
    badRowRate: number('bad-row-rate'),
    lateRate: number('late-rate'),
    duplicateRate: number('duplicate-rate'),
    pollIntervalSeconds: number('poll-interval-seconds'),
    rateLimit: number('rate-limit'),
    suspendedTokens: list('suspended-token'),
    historyHours: number('history-hours'),
    epoch: epoch === undefined ? undefined : Date.parse(epoch),
    archives: archivesFrom(list('archive'), faults),
    replayFiles: replay,
    failures: { rate: failureRate ?? 0, ...(kinds.length > 0 ? { kinds } : {}) },
  });
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const host = text('host') ?? '127.0.0.1';
  return { help: isSet('help'), truth: isSet('truth'), port, host, options };
}

function archivesFrom(texts: readonly string[], faults: string[]): Record<string, ArchivePlan> {
  const archives: Record<string, ArchivePlan> = {};
  for (const text of texts) {
    const [, name, rate] = /^([^=]+)=([\d.]+)$/.exec(text) ?? [];
    if (name === undefined) faults.push(`--archive must look like NAME=0.6, not ${text}`);
    else archives[name] = { captureRate: Number(rate) };
  }
  return archives;
}

// Leaves out what was not given: an option that is undefined is not the same as none.
function given(
  options: {
    [name in keyof SimulatorOptions]: SimulatorOptions[name] | undefined;
  },
): SimulatorOptions {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as SimulatorOptions;
}

function asText(value: unknown): string | undefined {
  // Compose passes a variable that is not set as an empty one.
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function splitList(text: string | undefined): string[] {
  return (text ?? '').split(',').filter((part) => part !== '');
}
