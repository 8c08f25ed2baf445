import type { Entry } from '../../apps/simulator/create-entry-maker.ts';
import { createTimeline } from '../../apps/simulator/create-timeline.ts';
import { createWorld } from '../../apps/simulator/create-world.ts';
import { createRandom, hashText, mix, type Random, share } from '../../apps/simulator/random.ts';

/**
 * How the sources of a world go about it: `independent`, as the estimate supposes; `same-moments`, where the archives
 * read the feed at the moments we do and so more often catch what we catch; `bursts`, where nobody keeps up with a
 * fifth of the minutes.
 */
export type Variant = 'independent' | 'same-moments' | 'bursts';

export interface WorldOptions {
  seed: number;
  variant: Variant;
  /** First moment of the day, in milliseconds. */
  dayStart: number;
  eventsPerSecond: number;
}

/** Items that a source showed at once: a walk through the feed, or an archive hour. */
export interface Showing {
  source: string;
  /** In milliseconds. */
  at: number;
  entries: Entry[];
}

export interface CoverageWorld {
  /** Events created in the day, by hour (0 to 23) and type. */
  truth: Map<string, number>[];
  walks: Showing[];
  archiveHours: Showing[];
  /** Archive files that break off; the hour in milliseconds. */
  brokenFiles: { source: string; hour: number }[];
}

const HOUR_MS = 3_600_000;
/** Events of the day may appear up to six hours after its end. */
const SIMULATED_HOURS = 30;
const WINDOW = 300;
/** Mean milliseconds between two walks; the window holds 20 minutes at 0.25 events a second. */
const WALK_MS = 30 * 60_000;
const TRUNCATED_AT = 0.6;
const BURST_MINUTES = 0.2;

interface Archive {
  name: string;
  captureRate: number;
  missingHours: Set<number>;
  truncatedHours: Set<number>;
}

/** Makes a day of the simulator's timeline, and what three sources that read a part of it were shown. */
export function makeCoverageWorld(options: WorldOptions): CoverageWorld {
  const { seed, variant, dayStart, eventsPerSecond } = options;
  const settings = {
    seed,
    eventsPerSecond,
    badRowRate: 0,
    lateRate: 0.01,
    duplicateRate: 0.005,
    historyHours: 0,
  };
  const timeline = createTimeline(settings, dayStart, createWorld(seed));
  const random = createRandom(mix(seed, hashText('coverage worlds')));
  const isBurst = (time: number) =>
    variant === 'bursts' &&
    share(mix(seed, hashText('burst'), Math.floor(time / 60_000))) < BURST_MINUTES;

  const walks: Showing[] = [];
  const seenByUs = new Set<number>();
  let at = dayStart;
  while (at < dayStart + SIMULATED_HOURS * HOUR_MS) {
    at += WALK_MS * (0.5 + random());
    const entries = timeline
      .newest(at, WINDOW)
      .map(({ entry }) => entry)
      .filter((entry) => !isBurst(entry.appearsAt) || draw(seed, 'us', entry) < 0.3);
    for (const { ordinal } of entries) seenByUs.add(ordinal);
    walks.push({ source: 'api:public', at, entries });
  }

  const truth = Array.from({ length: 24 }, () => new Map<string, number>());
  const dayName = new Date(dayStart).toISOString().slice(0, 10);
  const archives = drawArchives(random);
  const archiveHours: Showing[] = [];
  for (let hour = 0; hour < SIMULATED_HOURS; hour++) {
    const caught = new Map(archives.map(({ name }) => [name, [] as Entry[]]));
    for (let second = hour * 3600; second < (hour + 1) * 3600; second++) {
      for (const entry of timeline.entriesOf(second)) {
        const created = Math.floor((entry.createdAt - dayStart) / HOUR_MS);
        const types = truth[created];
        if (types !== undefined) types.set(entry.type, (types.get(entry.type) ?? 0) + 1);
        for (const archive of archives) {
          const factor = favour(variant, seenByUs.has(entry.ordinal), isBurst(entry.appearsAt));
          const chance = archive.captureRate * factor;
          const isCaught =
            draw(seed, archive.name, entry) < chance && hasSecond(archive, hour, second % 3600);
          if (isCaught) caught.get(archive.name)?.push(entry);
        }
      }
    }
    const date = new Date(dayStart + hour * HOUR_MS).toISOString().slice(0, 10);
    for (const [archive, entries] of caught) {
      if (entries.length > 0)
        archiveHours.push({
          source: `${archive}:${date}-${hour % 24}`,
          at: dayStart + (hour + 1) * HOUR_MS,
          entries,
        });
    }
  }
  const brokenFiles = archives.flatMap(({ name, truncatedHours }) =>
    [...truncatedHours].map((hour) => ({
      source: `${name}:${dayName}-${hour}`,
      hour: dayStart + hour * HOUR_MS,
    })),
  );
  return { truth, walks, archiveHours, brokenFiles };
}

/**
 * Each archive has its own rate and misses hours of its own; one also has a file that breaks off. Of an hour that both
 * lack nothing could be said: here no two of these hours are the same.
 */
function drawArchives(random: Random): Archive[] {
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  const hour = () => hours.splice(Math.floor(random() * hours.length), 1)[0] ?? 0;
  return [
    {
      name: 'gharchive',
      captureRate: 0.35 + 0.2 * random(),
      missingHours: new Set([hour(), hour()]),
      truncatedHours: new Set(),
    },
    {
      name: 'archive:mirror',
      captureRate: 0.25 + 0.2 * random(),
      missingHours: new Set([hour()]),
      truncatedHours: new Set([hour()]),
    },
  ];
}

function hasSecond(archive: Archive, hour: number, second: number): boolean {
  if (archive.missingHours.has(hour)) return false;
  return !archive.truncatedHours.has(hour) || second < 3600 * TRUNCATED_AT;
}

function favour(variant: Variant, isSeenByUs: boolean, isInBurst: boolean): number {
  if (variant === 'same-moments') return isSeenByUs ? 1.3 : 0.7;
  return isInBurst ? 0.3 : 1;
}

/** As the simulator's archives choose: the same event, caught once, is caught each time it appears. */
function draw(seed: number, reader: string, { ordinal }: Entry): number {
  return share(mix(seed, hashText(`archive ${reader}`), ordinal));
}
