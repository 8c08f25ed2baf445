import { UserError } from './errors.ts';

export interface NumberRange {
  min: number;
  max: number;
  /** Takes fractions too. */
  isFraction?: boolean;
}

/**
 * Reads the number given to an option of a command.
 *
 * @throws UserError when it is none, or none of the range.
 */
export function readNumber(option: string, given: string, range: NumberRange): number {
  const { min, max, isFraction = false } = range;
  const number = Number(given);
  const fits = number >= min && number <= max && (isFraction || Number.isInteger(number));
  if (given.trim() === '' || !fits)
    throw new UserError(
      `--${option} is "${given}"; it must be a ${isFraction ? '' : 'whole '}number from ${min} to ${max}.`,
    );
  return number;
}
