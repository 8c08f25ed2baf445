import { createEntryMaker } from '../../apps/simulator/create-entry-maker.ts';
import { botCount, createWorld, type World } from '../../apps/simulator/create-world.ts';
import { createRandom, hashText, mix, share } from '../../apps/simulator/random.ts';
import { renderEvent } from '../../apps/simulator/render-event.ts';
import type { Identity } from '../../apps/simulator/simulator-types.ts';
import { fillPayload } from './fill-payload.ts';

export interface MadeEvent {
  identity: Identity;
  /** Its JSON. */
  raw: Buffer;
}

/** What events carry: all that GitHub sent before October 2025, as archives hold it, or what it has sent since. */
export type Payloads = 'full' | 'trimmed';

/** Where the made-up events lie in time: in the last whole month of full payloads. */
export const FIRST_MOMENT = Date.parse('2025-09-01T00:00:00Z');
export const DAYS = 3;

/**
 * Accounts and repositories that activity is drawn from, each as likely as its rank says (Zipf's law). So drawn, 2,048
 * events name about 1,100 accounts and 1,400 repositories, as the first 2,048 of the archive hour 2025-01-01-15 do, and an
 * hour of 200,000 events about 50,000 and 70,000. The simulator's own 4,000 accounts would make the dimensions too small.
 */
export const USERS = 200_000;
const REPOS = 1_000_000;

/**
 * Most of what accounts do, they do in repositories of their own: those 2,048 events have 1,465 pairs of an account and a
 * repository. Drawn apart from each other, nearly every event would be a pair of its own.
 */
const OWN_SHARE = 0.9;
const MOST_OWN_REPOS = 3;

/** Of repositories keep the renames of the simulator's world, so that one in a thousand has several names, as in archive hours. */
const RENAMED_SHARE = 0.02;

/** Makes the events of a seed one by one, in the order of time, the same each time. No two have the same identity. */
export function* makeEvents(seed: number, count: number, payloads: Payloads): Generator<MadeEvent> {
  const eventsPerSecond = count / (DAYS * 86_400);
  const world = createSteadyWorld(seed);
  const settings = { seed, eventsPerSecond, badRowRate: 0, lateRate: 0.01 };
  const maker = createEntryMaker(settings, FIRST_MOMENT, world);
  const random = createRandom(mix(seed, hashText('bench')));
  const drawRank = (limit: number) => Math.floor(limit ** random());
  let made = 0;
  for (let second = 0; made < count; second++) {
    const inSecond = maker.countIn(second);
    for (let place = 0; place < inSecond && made < count; place++) {
      const entry = maker.entryAt(second, place);
      const isBot = entry.actor < botCount;
      const actor = isBot ? entry.actor : botCount + drawRank(USERS);
      const isOwn = random() < OWN_SHARE && !isBot;
      const repo = isOwn ? mix(seed, actor, drawRank(MOST_OWN_REPOS)) % REPOS : drawRank(REPOS);
      const { identity, raw } = renderEvent(seed, world, { ...entry, actor, repo });
      if (identity === null) throw new Error('The simulator spoilt an event it was not asked to.');
      made++;
      yield {
        identity,
        raw:
          payloads === 'trimmed'
            ? raw
            : Buffer.from(JSON.stringify(fillPayload(JSON.parse(raw.toString())))),
      };
    }
  }
}

/** The simulator's world, in which one in seven is renamed every few hours, with nearly all of that left out. */
function createSteadyWorld(seed: number): World {
  const world = createWorld(seed);
  const isRenamed = (repo: number) => share(mix(seed, hashText('renamed'), repo)) < RENAMED_SHARE;
  return {
    ...world,
    actor: (index) => world.actor(index, 0),
    repo: (index, second) => world.repo(index, isRenamed(index) ? second : 0),
  };
}
