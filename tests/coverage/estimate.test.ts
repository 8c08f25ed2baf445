import { expect, test } from 'vitest';
import { useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();

interface Estimate {
  total: number;
  low: number;
  high: number | null;
}

async function estimate(one: number, two: number, both: number): Promise<Estimate> {
  const [row] = await database.rows<Estimate>(
    'select total::float8, low::float8, high::float8 from gold.chapman_estimate($1, $2, $3)',
    [one, two, both],
  );
  if (row === undefined) throw new Error('no estimate');
  return row;
}

test('the total is Chapman’s', async () => {
  // 201 · 151 / 51 − 1
  expect((await estimate(200, 150, 50)).total).toBeCloseTo(594.1176, 4);
  expect((await estimate(10, 0, 0)).total).toBe(10);
});

test.each([
  [200, 150, 50],
  [1000, 800, 700],
  [30, 20, 7],
  [60_000, 45_000, 13_500],
])(
  'at both ends of the interval of %i, %i and %i the overlap is 1.96 deviations off',
  async (one, two, both) => {
    const { low, high, total } = await estimate(one, two, both);
    const deviations = (n: number) => {
      const mean = (one * two) / n;
      const variance = (one * two * (n - one) * (n - two)) / (n * n * (n - 1));
      return (both - mean) / Math.sqrt(variance);
    };
    expect(deviations(low)).toBeCloseTo(-1.96, 2);
    expect(deviations(high ?? 0)).toBeCloseTo(1.96, 2);
    expect(low).toBeLessThan(total);
    expect(total).toBeLessThan(high ?? 0);
  },
);

test('where one list lies within the other, the interval still has an upper end of its own', async () => {
  // 8 (N − 40)(N − 1) = 1.96² · 40 (N − 8), of which the larger root is 56.80.
  const { total, low, high } = await estimate(40, 8, 8);
  expect(total).toBe(40);
  expect(low).toBe(40);
  expect(high).toBeCloseTo(56.8, 1);
});

test('without anything in both lists there is no upper end', async () => {
  expect((await estimate(20, 30, 0)).high).toBeNull();
});

test('the order of the lists does not matter', async () => {
  expect(await estimate(70, 33, 12)).toEqual(await estimate(33, 70, 12));
});
