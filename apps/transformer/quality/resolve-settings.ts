import { UserError } from '../../shared/errors.ts';
import type { Check, Setting } from './check.ts';

/** What the runner itself goes by. */
export const RUNNER_SETTINGS: readonly Setting[] = [
  {
    name: 'timeout_seconds',
    value: '60',
    meaning: 'Seconds a check may take; then it counts as an error.',
  },
  { name: 'history_days', value: '30', meaning: 'Days that results and profiles are kept.' },
  { name: 'drift_events', value: '2000', meaning: 'Events of a type a run learns fields from.' },
  {
    name: 'profile_rows',
    value: '5000',
    meaning: 'Newest rows of a table that a profile is taken of.',
  },
  {
    name: 'profile_hours',
    value: '20',
    meaning: 'Hours from one profile of the transformer to the next.',
  },
];

export type Settings = ReadonlyMap<string, string>;

/**
 * The value of every setting: what is given, else the default its check declares.
 *
 * @throws UserError that lists every name nobody declares, every value that is no number where the default is one, and
 *   every name that two checks declare with different defaults.
 */
export function resolveSettings(
  checks: readonly Pick<Check, 'name' | 'settings'>[],
  given: Readonly<Record<string, string>>,
): Settings {
  const declared = new Map(
    RUNNER_SETTINGS.map(({ name, value }) => [name, { value, by: 'the runner' }]),
  );
  const faults: string[] = [];
  for (const check of checks) {
    for (const { name, value } of check.settings) {
      const known = declared.get(name);
      if (known !== undefined && known.value !== value)
        faults.push(
          `${name} is ${known.value} in ${known.by} and ${value} in ${check.name}; they share it`,
        );
      declared.set(name, known ?? { value, by: check.name });
    }
  }
  for (const [name, value] of Object.entries(given)) {
    const known = declared.get(name);
    if (known === undefined)
      faults.push(`${name} is no setting; there are ${[...declared.keys()].sort().join(', ')}`);
    else if (isNumber(known.value) && !isNumber(value))
      faults.push(
        `${name} must be a number of 0 or more, such as ${known.value}; found "${value}"`,
      );
  }
  if (faults.length > 0)
    throw new UserError(
      `The settings of the checks have faults:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
  return new Map([...declared].map(([name, { value }]) => [name, given[name] ?? value]));
}

function isNumber(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text);
}

/** A setting of the runner as a number. */
export function numberSetting(settings: Settings, name: string): number {
  return Number(settings.get(name));
}
