import { describe, expect, test } from 'vitest';
import { readNumber } from '../../apps/shared/read-number.ts';

describe('readNumber', () => {
  test.each([
    ['1', {}, 1],
    [' 7 ', {}, 7],
    ['1e1', {}, 10],
    ['0.5', { min: 0, isFraction: true }, 0.5],
  ])('%j with %j is %d', (given, range, number) => {
    expect(readNumber('limit', given, { min: 1, max: 10, ...range })).toBe(number);
  });

  test.each(['abc', '', ' ', '0', '11', '1.5', 'NaN', 'Infinity', '-1', '5x'])(
    '%j is refused, and what was expected is said',
    (given) => {
      expect(() => readNumber('limit', given, { min: 1, max: 10 })).toThrow(
        `--limit is "${given}"; it must be a whole number from 1 to 10.`,
      );
    },
  );
});
