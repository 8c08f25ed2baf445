import { existsSync } from 'node:fs';
import { UserError } from '../../apps/shared/errors.ts';

export const demoOptions = {
  seconds: { type: 'string' },
  replay: { type: 'boolean' },
  seed: { type: 'string' },
  'events-per-second': { type: 'string' },
  'bad-row-rate': { type: 'string' },
} as const;

export interface DemoOptions {
  /** Stop after this many seconds; undefined to run until stopped. */
  seconds: number | undefined;
  /** Files to replay; empty to make events up. */
  replayFiles: string[];
  seed: number;
  eventsPerSecond: number;
  badRowRate: number;
}

/**
 * Checks what was given on the command line.
 *
 * @throws UserError that says what was expected.
 */
export function readDemoOptions(
  values: { [name in keyof typeof demoOptions]?: string | boolean | undefined },
  files: readonly string[],
): DemoOptions {
  if (values.replay === true && files.length === 0)
    throw new UserError('--replay needs at least one file.');
  if (values.replay !== true && files.length > 0) {
    throw new UserError(
      `"${files[0]}" is no option of the demo; to replay files: --replay ${files.join(' ')}`,
    );
  }
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0) throw new UserError(`There is no file ${missing.join(', ')}.`);
  return {
    seconds:
      values.seconds === undefined ? undefined : readNumber('seconds', values.seconds, 1, 1e6),
    replayFiles: [...files],
    seed: readNumber('seed', values.seed ?? '1', 0, 2 ** 31),
    eventsPerSecond: readNumber(
      'events-per-second',
      values['events-per-second'] ?? '20',
      0.1,
      10_000,
    ),
    badRowRate: readNumber('bad-row-rate', values['bad-row-rate'] ?? '0.01', 0, 1),
  };
}

function readNumber(name: string, value: string | boolean, min: number, max: number): number {
  const number = Number(value);
  if (value === '' || !(number >= min && number <= max)) {
    throw new UserError(`--${name} is "${value}"; it must be a number from ${min} to ${max}.`);
  }
  return number;
}
