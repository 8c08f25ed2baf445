// The timelines of one repository, organisation, user: the public one, sorted by whom it is about.

import type { Entry } from './create-entry-maker.ts';
import type { Timeline } from './create-timeline.ts';
import type { World } from './create-world.ts';
import { timelineLimit } from './page-items.ts';

export type Subject = 'repo' | 'org' | 'actor';

export interface TimelineIndex {
  /** The newest events about a subject at a time, newest first, at most 300. */
  newest(subject: Subject, index: number, time: number): Entry[];
  /** Indexes of the subjects with the most events up to a time, the most active first. */
  mostActive(subject: Subject, time: number, limit: number): number[];
}

interface Shelf {
  /** Events there ever were; `recent` keeps only the newest. */
  count: number;
  recent: number[];
}

// Events are filed as one number each and made again when they are asked for: a day of them
// would take half a gigabyte. No second has more than 10,000 places.
const places = 16_384;

/** Builds the index; it is filled when it is first asked, and then only with what is new. */
export function createTimelineIndex(timeline: Timeline, world: World): TimelineIndex {
  let shelves = emptyShelves();
  let nextSecond = timeline.firstSecond;

  function fileUpTo(time: number): void {
    const current = timeline.secondAt(time);
    // A clock that went back: what is filed has not happened yet.
    if (nextSecond > current) {
      shelves = emptyShelves();
      nextSecond = timeline.firstSecond;
    }
    for (; nextSecond < current; nextSecond++) {
      for (const { entry } of timeline.appearancesOf(nextSecond)) file(entry);
    }
  }

  function file(entry: Entry): void {
    for (const subject of ['repo', 'org', 'actor'] as const) {
      const index = indexIn(subject, entry);
      if (index === null) continue;
      const shelf = shelves[subject].get(index) ?? { count: 0, recent: [] };
      shelves[subject].set(index, shelf);
      shelf.count += 1;
      shelf.recent.push(entry.second * places + entry.place);
      // Cut now and then, not each time: a cut copies.
      if (shelf.recent.length > 2 * timelineLimit) shelf.recent.splice(0, timelineLimit);
    }
  }

  function indexIn(subject: Subject, entry: Entry): number | null {
    if (subject === 'org') return world.ownerOf(entry.repo).org;
    return subject === 'repo' ? entry.repo : entry.actor;
  }

  function newest(subject: Subject, index: number, time: number): Entry[] {
    fileUpTo(time);
    // The second that still runs is looked at afresh each time.
    const running = timeline
      .appearancesOf(timeline.secondAt(time))
      .filter(({ entry, appearsAt }) => appearsAt <= time && indexIn(subject, entry) === index);
    const filed = (shelves[subject].get(index)?.recent ?? []).slice(-timelineLimit).map((code) => {
      const second = Math.floor(code / places);
      return timeline.entryAt(second, code - second * places);
    });
    return [...filed, ...running.map(({ entry }) => entry)].slice(-timelineLimit).reverse();
  }

  function mostActive(subject: Subject, time: number, limit: number): number[] {
    fileUpTo(time);
    const ranked = [...shelves[subject]].sort((a, b) => b[1].count - a[1].count);
    return ranked.slice(0, limit).map(([index]) => index);
  }

  return { newest, mostActive };
}

function emptyShelves(): Record<Subject, Map<number, Shelf>> {
  return { repo: new Map(), org: new Map(), actor: new Map() };
}
