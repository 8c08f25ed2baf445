// Counts what the timeline held up to a moment, offered or not.
import type { Entry } from './create-entry-maker.ts';
import type { Timeline } from './create-timeline.ts';
import type { HappenedByHour, Truth } from './simulator-types.ts';
import { isRefused, unknownType } from './spoilt-kinds.ts';

export interface Happened {
  total: number;
  refused: number;
  byHour: HappenedByHour;
}

/** Builds the counter; each call counts only the seconds that passed since the one before. */
export function createHappenedCounter(timeline: Timeline): (time: number) => Happened {
  let passed = nothing();
  let nextSecond = timeline.firstSecond;

  return (time) => {
    const current = timeline.secondAt(time);
    if (nextSecond > current) {
      passed = nothing();
      nextSecond = timeline.firstSecond;
    }
    for (; nextSecond < current; nextSecond++) {
      for (const entry of timeline.entriesOf(nextSecond)) count(passed, entry);
    }
    // The second that still runs is counted on a copy.
    const happened = structuredClone(passed);
    for (const entry of timeline.entriesOf(current)) {
      if (entry.appearsAt <= time) count(happened, entry);
    }
    return happened;
  };
}

/** Adds the hours up. */
export function happenedSummary({ total, refused, byHour }: Happened): Truth['happened'] {
  const byType: Record<string, number> = {};
  for (const types of Object.values(byHour)) {
    for (const [type, count] of Object.entries(types)) byType[type] = (byType[type] ?? 0) + count;
  }
  return { total, refused, byType };
}

function nothing(): Happened {
  return { total: 0, refused: 0, byHour: {} };
}

function count(happened: Happened, { kind, type, createdAt }: Entry): void {
  if (kind !== null && isRefused(kind)) {
    happened.refused += 1;
    return;
  }
  happened.total += 1;
  const readable = !kind?.startsWith('created_at_');
  const hour = readable ? hourOf(createdAt) : 'unreadable';
  const types = happened.byHour[hour] ?? {};
  happened.byHour[hour] = types;
  const name = kind === 'unknown_type' ? unknownType : type;
  types[name] = (types[name] ?? 0) + 1;
}

// The hour written last: writing it anew for each event takes longer than all else here.
let lastHour = { number: Number.NaN, text: '' };

function hourOf(time: number): string {
  const number = Math.floor(time / 3_600_000);
  if (number !== lastHour.number) {
    lastHour = { number, text: new Date(number * 3_600_000).toISOString().slice(0, 13) };
  }
  return lastHour.text;
}
