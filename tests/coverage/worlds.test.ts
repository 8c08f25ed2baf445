import { expect, test } from 'vitest';
import { judgeCoverageWorld, type Verdict } from '../../scripts/coverage-worlds/judge-world.ts';
import { loadCoverageWorld } from '../../scripts/coverage-worlds/load-world.ts';
import { makeCoverageWorld } from '../../scripts/coverage-worlds/make-world.ts';
import { summarise, writeTable } from '../../scripts/coverage-worlds/summarise.ts';
import { useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();

test('in worlds whose truth is known, the stated intervals hold it', {
  timeout: 360_000,
}, async () => {
  const verdicts: Verdict[] = [];
  for (const seed of [11, 12, 13]) {
    const world = makeCoverageWorld({
      seed,
      variant: 'independent',
      dayStart: Date.parse('2026-03-01T00:00:00Z'),
      eventsPerSecond: 0.25,
    });
    await loadCoverageWorld(database.pool, world);
    verdicts.push(...(await judgeCoverageWorld(database.pool, world, '2026-03-01')));
  }
  const pushes = summarise(
    'PushEvent',
    verdicts.filter(({ eventType }) => eventType === 'PushEvent'),
  );
  expect(pushes.days).toBe(3);
  expect(Math.abs(pushes.bias)).toBeLessThan(0.01);
  expect(pushes.hoursInside).toBeGreaterThan(0.9);
  const main = verdicts.filter(({ span, actual }) => span === 'day' && actual > 300);
  const inside = main.filter(
    ({ actual, estimate }) =>
      estimate !== null && estimate.low <= actual && actual <= estimate.high,
  );
  // Of two dozen intervals at 95 % more than three miss once in thirty times; the seeds are fixed.
  expect(main.length).toBeGreaterThan(20);
  expect(inside.length).toBeGreaterThanOrEqual(main.length - 3);
});

test('a table says how many were inside, of those that were stated', () => {
  const verdict = (actual: number, high: number | null): Verdict => ({
    span: 'day',
    eventType: 'PushEvent',
    actual,
    captured: 50,
    estimate: high === null ? null : { total: 100, low: 90, high },
  });
  const summary = summarise('PushEvent', [verdict(100, 110), verdict(120, 110), verdict(80, null)]);
  expect(summary).toMatchObject({
    days: 3,
    daysStated: 2,
    daysInside: 1,
    width: expect.closeTo(0.183, 3),
  });
  expect(writeTable([summary])).toMatch(/PushEvent +100 +51 % +1 of 2/);
});
