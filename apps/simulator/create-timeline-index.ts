// The timelines of one repository, organisation, user: the public one, sorted by whom it is about.

import type { Appearance, Timeline } from './create-timeline.ts';
import type { World } from './create-world.ts';
import { timelineLimit } from './page-items.ts';

export type Subject = 'repo' | 'org' | 'actor';

export interface TimelineIndex {
  /** The newest appearances about a subject at a time, newest first, at most 300. */
  newest(subject: Subject, index: number, time: number): Appearance[];
  /** Indexes of the subjects with the most events up to a time, the most active first. */
  mostActive(subject: Subject, time: number, limit: number): number[];
}

interface Shelf {
  /** Events there ever were; `recent` keeps only the newest. */
  count: number;
  recent: Appearance[];
}

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
      for (const appearance of timeline.appearancesOf(nextSecond)) file(appearance);
    }
  }

  function file(appearance: Appearance): void {
    for (const subject of ['repo', 'org', 'actor'] as const) {
      const index = indexIn(subject, appearance);
      if (index === null) continue;
      const shelf = shelves[subject].get(index) ?? { count: 0, recent: [] };
      shelves[subject].set(index, shelf);
      shelf.count += 1;
      shelf.recent.push(appearance);
      // Cut now and then, not each time: a cut copies.
      if (shelf.recent.length > 2 * timelineLimit) shelf.recent.splice(0, timelineLimit);
    }
  }

  function indexIn(subject: Subject, { entry }: Appearance): number | null {
    if (subject === 'org') return world.ownerOf(entry.repo).org;
    return subject === 'repo' ? entry.repo : entry.actor;
  }

  function newest(subject: Subject, index: number, time: number): Appearance[] {
    fileUpTo(time);
    // The second that still runs is looked at afresh each time.
    const running = timeline
      .appearancesOf(timeline.secondAt(time))
      .filter((one) => one.appearsAt <= time && indexIn(subject, one) === index);
    const filed = shelves[subject].get(index)?.recent ?? [];
    return [...filed, ...running].slice(-timelineLimit).reverse();
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
