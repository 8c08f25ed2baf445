// The history against an oracle, whatever the order of loads.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { dropPastMonths, emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { historyOf, type Said, storedHistory, toGold, toSilver } from './support.ts';

const database = useTestDatabase();
beforeAll(() => dropPastMonths(database));

/** Few ids, names and seconds, so that names meet in a second, come back, and change owners. */
const anySaid: fc.Arbitrary<Said> = fc.record({
  repo: fc.constantFrom(1, 2),
  name: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('a/x', 'a/x', 'B/x', 'é/x') },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  org: fc.constantFrom(null, null, null, 'a'),
  actor: fc.constantFrom(1, 2, -1),
  login: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('ada', 'ada', 'Bob', 'zoë', 'x[bot]') },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  second: fc.integer({ min: 0, max: 12 }),
});

/** Events, and the batches they come in: some twice, in any order. */
const anyLoads = fc.record({
  events: fc.array(anySaid, { minLength: 1, maxLength: 40 }),
  cuts: fc.array(fc.nat({ max: 60 }), { maxLength: 8 }),
  again: fc.array(fc.nat(), { maxLength: 10 }),
  order: fc.infiniteStream(fc.nat()),
});

type Loads = typeof anyLoads extends fc.Arbitrary<infer T> ? T : never;

function batchesOf({ events, cuts, again, order }: Loads): number[][] {
  const all = [...events.keys(), ...again.map((n) => n % events.length)]
    .map((index) => ({ index, place: order.next().value as number }))
    .sort((a, b) => a.place - b.place)
    .map(({ index }) => index);
  const places = [0, ...cuts.filter((cut) => cut < all.length).sort((a, b) => a - b)];
  return places.map((from, n) => all.slice(from, places[n + 1]));
}

describe('whatever the order, the batches and the duplicates of loads', () => {
  test('after each the history is that of all facts so far', { timeout: 900_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(anyLoads, async (loads) => {
        await emptyWarehouse(database);
        const loaded = new Set<number>();
        for (const batch of batchesOf(loads)) {
          const events = batch.map((index) => loads.events[index] as Said);
          await toSilver(database, batch.map(String), events);
          await toGold(database);
          for (const index of batch) loaded.add(index);
          const sofar = [...loaded].map((index) => loads.events[index] as Said);
          for (const of of ['repo', 'actor'] as const)
            expect(await storedHistory(database, of)).toEqual(
              historyOf(
                sofar.filter((said) => said[of] !== -1),
                of,
              ),
            );
        }
        const stamps = () =>
          database.rows(
            `select updated_at from gold.dim_repos_history union all select updated_at from gold.dim_actors_history order by 1`,
          );
        const before = await stamps();
        await toGold(database);
        expect(await stamps()).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });
});
