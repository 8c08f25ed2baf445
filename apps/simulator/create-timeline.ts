// The public timeline as a pure function of seed and time: any second of it can be made at any
// moment, without those before.
import {
  createEntryMaker,
  deepestEntrance,
  type Entry,
  type EntrySettings,
} from './create-entry-maker.ts';
import type { World } from './create-world.ts';
import { mix, share } from './random.ts';
import type { Settings } from './simulator-types.ts';

/** One line of the timeline: an event that appears, for the first time or again. */
export interface Appearance {
  entry: Entry;
  /** Epoch milliseconds. */
  appearsAt: number;
  rank: number;
}

export interface Timeline {
  /** Epoch milliseconds of second 0. */
  readonly origin: number;
  /** The first second there is, at the start of an hour. */
  readonly firstSecond: number;
  secondAt(time: number): number;
  /** The event at a place of a second that has one there. */
  entryAt(second: number, place: number): Entry;
  /** Events that appear for the first time in a second, in order. */
  entriesOf(second: number): Entry[];
  /** The same with those that appear again. */
  appearancesOf(second: number): Appearance[];
  /** The newest appearances at a time, ordered as the public feed orders them. */
  newest(time: number, limit: number): Appearance[];
}

export type TimelineSettings = EntrySettings & Pick<Settings, 'duplicateRate' | 'historyHours'>;

/** Builds the timeline of a world whose second 0 lies at `epoch` (epoch milliseconds). */
export function createTimeline(settings: TimelineSettings, epoch: number, world: World): Timeline {
  const { seed } = settings;
  const origin = Math.floor(epoch / 1000) * 1000;
  const firstHour = Math.floor(origin / 3_600_000) - settings.historyHours;
  const firstSecond = (firstHour * 3_600_000 - origin) / 1000;
  const maker = createEntryMaker(settings, origin, world);

  function countIn(second: number): number {
    return second < firstSecond ? 0 : maker.countIn(second);
  }

  function entriesOf(second: number): Entry[] {
    return Array.from({ length: countIn(second) }, (_, place) => maker.entryAt(second, place));
  }

  function appearancesOf(second: number): Appearance[] {
    return entriesOf(second).flatMap((entry) => {
      const { appearsAt, rank } = entry;
      const again = repeatedWith(entry);
      const first: Appearance = { entry, appearsAt, rank };
      return again === null ? [first] : [first, { entry: again, appearsAt, rank: rank - 0.5 }];
    });
  }

  // An event of up to ten seconds ago that shows up again together with this one.
  function repeatedWith(entry: Entry): Entry | null {
    const hash = mix(seed, 4, entry.second, entry.place);
    if (share(hash) >= settings.duplicateRate) return null;
    const second = entry.second - 1 - (mix(hash, 1) % 10);
    const count = countIn(second);
    return count === 0 ? null : maker.entryAt(second, mix(hash, 2) % count);
  }

  function newest(time: number, limit: number): Appearance[] {
    // Ranks lie up to deepestEntrance below the order of appearance: whatever appeared before
    // these cannot be among the first `limit`, as most of them are pushes, which enter on top.
    const wanted = limit + 2 * deepestEntrance;
    const found: Appearance[] = [];
    for (let second = secondAt(time); second >= firstSecond && found.length < wanted; second--) {
      for (const one of appearancesOf(second)) if (one.appearsAt <= time) found.push(one);
    }
    return found.sort((a, b) => b.rank - a.rank).slice(0, limit);
  }

  function secondAt(time: number): number {
    return Math.floor((time - origin) / 1000);
  }

  const { entryAt } = maker;
  return { origin, firstSecond, secondAt, entryAt, entriesOf, appearancesOf, newest };
}
