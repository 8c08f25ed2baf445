// What a simulator serves: a made-up world, or real events from files.
import type { EventSource } from './answer-request.ts';
import { createHappenedCounter, happenedSummary } from './count-happened.ts';
import { type Archive, createArchive } from './create-archive.ts';
import { createFeeds } from './create-feeds.ts';
import { createTimeline } from './create-timeline.ts';
import { createWorld } from './create-world.ts';
import { openReplay } from './replay/open-replay.ts';
import { notFound } from './reply.ts';
import type {
  HappenedByHour,
  KnownNames,
  ReplayProgress,
  Settings,
  Truth,
} from './simulator-types.ts';

export interface Source {
  events: EventSource;
  archive: Archive;
  happened(): Truth['happened'];
  happenedByHour(): HappenedByHour;
  replayProgress(): ReplayProgress | null;
  names(): KnownNames;
  close(): Promise<void>;
}

/** A world from the seed, whose timeline moves with the clock from `epoch` (ms) on. */
export function createMadeUpSource(settings: Settings, epoch: number): Source {
  const { seed, now } = settings;
  const world = createWorld(seed);
  const timeline = createTimeline(settings, epoch, world);
  const feeds = createFeeds(seed, world, timeline, now);
  const count = createHappenedCounter(timeline);
  return {
    events: feeds,
    archive: createArchive(settings, world, timeline, now),
    happened: () => happenedSummary(count(now())),
    happenedByHour: () => count(now()).byHour,
    replayProgress: () => null,
    names: feeds.names,
    close: async () => {},
  };
}

/**
 * The events of files, and no archive.
 * @throws Error that names the file when one cannot be read
 */
export async function createReplaySource(files: readonly string[]): Promise<Source> {
  const replay = await openReplay(files);
  return {
    events: replay,
    archive: (path) => (path.endsWith('.json.gz') ? Promise.resolve(notFound()) : null),
    happened: () => ({ total: replay.progress().total, refused: 0, byType: {} }),
    happenedByHour: () => ({}),
    replayProgress: replay.progress,
    names: () => ({ orgs: [], repos: [], users: [] }),
    close: replay.close,
  };
}
