import { isTransient } from '../../../apps/shared/errors.ts';
import { createRandom, mix, pick, type Random } from '../../../apps/simulator/random.ts';
import { lookAtStanding, type Recovery, recover, type Standing } from './audit-world.ts';
import { FAULTS, type Fault } from './faults.ts';
import type { World } from './start-world.ts';

export interface RoundsReport {
  rounds: number;
  /** Faults by kind, and by what became of them. */
  faults: Map<string, number>;
  recoveries: Recovery[];
}

/** After so many rounds all faults end, and everything has to come right. */
const AUDIT_EVERY = 10;
const TELL_EVERY = 50;
/** Share of rounds in which two faults come at once. */
const DOUBLE_RATE = 0.25;

/**
 * Runs rounds of faults, chosen by the seed alone, with an audit in between and at the end.
 *
 * @throws at the first thing that is wrong, with the round and how to come there again.
 */
export async function runRounds(world: World, seed: number, rounds: number): Promise<RoundsReport> {
  const report: RoundsReport = { rounds: 0, faults: new Map(), recoveries: [] };
  let standing: Standing = { silver: null, gold: null };
  const trail: string[] = [];
  report.recoveries.push(await recover(world));
  for (let round = 1; round <= rounds; round++) {
    const random = createRandom(mix(seed, round));
    const faults = [draw(random, FAULTS)];
    // Not two of a kind: a server that is stopped cannot be stopped.
    const others = FAULTS.filter((fault) => !faults.includes(fault));
    if (random() < DOUBLE_RATE) faults.push(draw(random, others));
    try {
      const results = await Promise.all(
        faults.map((fault, place) => inflict(fault, world, createRandom(mix(seed, round, place)))),
      );
      for (const name of results) report.faults.set(name, (report.faults.get(name) ?? 0) + 1);
      trail.push(`${round}: ${results.join(' + ')}`);
      standing = await lookAtStanding(world.pool, standing);
      if (round % AUDIT_EVERY === 0 || round === rounds)
        report.recoveries.push(await recover(world));
    } catch (cause) {
      const names = faults.map(({ name }) => name).join(' + ');
      throw new Error(
        `Round ${round} (${names}) of seed ${seed} failed. Again: FAULT_SEED=${seed} FAULT_ROUNDS=${round} npm run test:faults\n` +
          `Before it:\n  ${trail.slice(-AUDIT_EVERY).join('\n  ')}\n${String(cause)}`,
        { cause },
      );
    }
    report.rounds = round;
    if (round % TELL_EVERY === 0) console.log(`${round} of ${rounds} rounds are over`);
  }
  return report;
}

function draw(random: Random, faults: readonly Fault[]): Fault {
  return pick(
    random,
    faults.flatMap((fault) => Array<Fault>(fault.weight).fill(fault)),
  );
}

/** @returns its name, with what became of it. */
async function inflict(fault: Fault, world: World, random: Random): Promise<string> {
  try {
    const what = await fault.inflict(world, random);
    return what === undefined ? fault.name : `${fault.name} (${what})`;
  } catch (error) {
    // The other fault of the round has taken the database away.
    if (!isTransient(error)) throw error;
    return `${fault.name} (the database was gone)`;
  }
}
