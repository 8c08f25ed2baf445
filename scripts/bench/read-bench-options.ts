import { UserError } from '../../apps/shared/errors.ts';
import { chooseParts } from './all-parts.ts';
import type { Part, Sizes } from './bench-types.ts';

export const benchOptions = {
  events: { type: 'string', default: '200000' },
  payloads: { type: 'string', default: 'full' },
  history: { type: 'string', default: '10m' },
  only: { type: 'string' },
  out: { type: 'string', default: '.data/bench' },
  seed: { type: 'string', default: '1' },
  list: { type: 'boolean' },
} as const;

export interface BenchChoice {
  parts: readonly Part[];
  sizes: Sizes;
  seed: number;
  out: string;
}

const LEAST_HISTORY = 100_000;
/** Each ten times the one before, up to the one asked for. */
const HISTORY_STEP = 10;
const MOST_LIVE_EVENTS = 12_000;
const ROUNDS = 3;
const WALKS_OF_A_DAY = 1440;
const LOAD_SECONDS = 30;
const MOST_EVENTS = 20_000_000;
const MOST_HISTORY = 1_000_000_000;

/**
 * Checks what was given on the command line.
 *
 * @throws UserError that says what was expected.
 */
export function readBenchOptions(values: {
  events: string;
  payloads: string;
  history: string;
  only?: string | undefined;
  out: string;
  seed: string;
}): BenchChoice {
  const events = readCount('events', values.events, 1000, MOST_EVENTS);
  const { payloads } = values;
  if (payloads !== 'full' && payloads !== 'trimmed')
    throw new UserError(`--payloads is "${payloads}"; it must be full or trimmed.`);
  const longest = readCount('history', values.history, LEAST_HISTORY, MOST_HISTORY);
  const histories: number[] = [];
  for (let size = LEAST_HISTORY; size < longest; size *= HISTORY_STEP) histories.push(size);
  return {
    parts: chooseParts(values.only),
    sizes: {
      events,
      payloads,
      liveEvents: Math.min(events, MOST_LIVE_EVENTS),
      rounds: ROUNDS,
      histories: [...histories, longest],
      nextEvents: 5000,
      listenerWalks: WALKS_OF_A_DAY,
      loadSeconds: LOAD_SECONDS,
    },
    seed: readCount('seed', values.seed, 0, 2 ** 31),
    out: values.out,
  };
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1000, m: 1_000_000 };

/** A whole number, which may end in k or m. */
function readCount(name: string, text: string, min: number, max: number): number {
  const [, digits = '', unit = ''] = /^([0-9][0-9_,]*(?:\.[0-9]+)?)([km]?)$/i.exec(text) ?? [];
  const count = Number(digits.replace(/[_,]/g, '')) * (UNITS[unit.toLowerCase()] ?? 1);
  if (digits === '' || !Number.isInteger(count) || count < min || count > max) {
    throw new UserError(
      `--${name} is "${text}"; it must be a whole number from ${min} to ${max}, such as 200000, 500k or 10m.`,
    );
  }
  return count;
}
