import { existsSync } from 'node:fs';
import { UserError } from '../../apps/shared/errors.ts';
import { readNumber } from '../../apps/shared/read-number.ts';

export const demoOptions = {
  seconds: { type: 'string' },
  replay: { type: 'boolean' },
  seed: { type: 'string', default: '1' },
  'events-per-second': { type: 'string', default: '20' },
  'bad-row-rate': { type: 'string', default: '0.01' },
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

interface DemoValues {
  seconds?: string | undefined;
  replay?: boolean | undefined;
  seed: string;
  'events-per-second': string;
  'bad-row-rate': string;
}

/**
 * Checks what was given on the command line.
 *
 * @throws UserError that says what was expected.
 */
export function readDemoOptions(values: DemoValues, files: readonly string[]): DemoOptions {
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
      values.seconds === undefined
        ? undefined
        : readNumber('seconds', values.seconds, { min: 1, max: 1e6, isFraction: true }),
    replayFiles: [...files],
    seed: readNumber('seed', values.seed, { min: 0, max: 2 ** 31 }),
    eventsPerSecond: readNumber('events-per-second', values['events-per-second'], {
      min: 0.1,
      max: 10_000,
      isFraction: true,
    }),
    badRowRate: readNumber('bad-row-rate', values['bad-row-rate'], {
      min: 0,
      max: 1,
      isFraction: true,
    }),
  };
}
