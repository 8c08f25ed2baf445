// Makes the events of the timeline, without their bodies, from their place in it.
import { actorCount, botCount, repoCount, userCount, type World } from './create-world.ts';
import { drawType, type EventType, isCodeEvent } from './event-types.ts';
import { createRandom, mix, popular, type Random } from './random.ts';
import type { Settings } from './simulator-types.ts';
import { drawKind, type SpoiltKind } from './spoilt-kinds.ts';

/** An event, as far as it is known without its body. */
export interface Entry {
  /** Second of the timeline in which it appears, counted from the epoch; negative before it. */
  second: number;
  place: number;
  /** Counts events in the order they appear; negative before the epoch. */
  ordinal: number;
  /** Epoch milliseconds. */
  appearsAt: number;
  createdAt: number;
  /** Higher is nearer to the top of the feed. */
  rank: number;
  id: string;
  type: EventType;
  actor: number;
  repo: number;
  kind: SpoiltKind | null;
  oldShape: boolean;
}

export interface EntryMaker {
  /** How many events appear for the first time in a second. */
  countIn(second: number): number;
  /** The event at a place, 0 ≤ place < countIn(second). */
  entryAt(second: number, place: number): Entry;
}

export type EntrySettings = Pick<Settings, 'seed' | 'eventsPerSecond' | 'badRowRate' | 'lateRate'>;

/** How far below the top an event enters the feed at most, in events. */
export const deepestEntrance = 245;

/** Builds the maker for a world whose second 0 is at `origin` (epoch ms, a whole second). */
export function createEntryMaker(
  settings: EntrySettings,
  origin: number,
  world: World,
): EntryMaker {
  const { seed, eventsPerSecond } = settings;

  /** Events that appeared before a second begins, since the epoch. */
  function ordinalAt(second: number): number {
    return Math.floor(eventsPerSecond * second);
  }

  function countIn(second: number): number {
    return ordinalAt(second + 1) - ordinalAt(second);
  }

  function entryAt(second: number, place: number): Entry {
    // Every number is drawn whether it is needed or not, in a fixed order: with another rate
    // of bad or late rows the rest of the world stays as it was.
    const random = createRandom(mix(seed, 2, second, place));
    const type = drawType(random);
    const within = random();
    const spoils = random() < settings.badRowRate;
    const kind = drawKind(random);
    const late = random() < settings.lateRate;
    // 30 s to 6 h, each order of magnitude as likely as the other.
    const lag = late ? 30_000 * 720 ** random() : random() * 2_500;
    const repo = popular(random, repoCount);
    const actor = drawActor(random, type, world.ownerOf(repo).owner);
    const oldShape = random() < 0.03;
    const twin = random() < 0.003;
    const depth = random();

    const ordinal = ordinalAt(second) + place;
    const offset = Math.floor(((place + within) / countIn(second)) * 1000);
    const appearsAt = origin + second * 1000 + offset;
    // Since May 2025 the first page of the public feed is almost only pushes; the rest of the
    // mix enters below it: 165 events deep there are about 100 pushes.
    const enters = type === 'PushEvent' ? depth * 6 : 165 + depth * (deepestEntrance - 165);
    return {
      second,
      place,
      ordinal,
      appearsAt,
      createdAt: Math.floor((appearsAt - lag) / 1000) * 1000,
      rank: ordinal - enters,
      id: (twin && !spoils ? twinId(second, place, type) : null) ?? plainId(ordinal, type),
      type,
      actor,
      repo,
      kind: spoils ? kind : null,
      oldShape,
    };
  }

  // Two sequences, as GitHub has them since October 2025.
  function plainId(ordinal: number, type: EventType): string {
    const base = isCodeEvent(type) ? 18_400_000_000 : 13_300_000_000;
    return String(base + ordinal * 7 + (mix(seed, 3, ordinal) % 7));
  }

  // Now and then an event bears the id of the one before it, which is of another type.
  function twinId(second: number, place: number, type: EventType): string | null {
    const before = place > 0 ? entryAt(second, place - 1) : null;
    if (before === null || before.kind !== null || before.type === type) return null;
    return plainId(before.ordinal, before.type);
  }

  return { countIn, entryAt };
}

function drawActor(random: Random, type: EventType, owner: number | null): number {
  const bot = random() < 0.2;
  const own = random() < 0.8;
  const botIndex = popular(random, botCount);
  const user = botCount + popular(random, userCount);
  // Nobody's bot stars or forks.
  if (bot && type !== 'WatchEvent' && type !== 'ForkEvent') return botIndex;
  if (own && owner !== null && isCodeEvent(type)) return owner;
  return Math.min(user, actorCount - 1);
}
