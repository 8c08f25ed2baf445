// Who acts and where. Everything is computed from the seed and an index, nothing is stored, and
// names are functions of the time as well: an id stays, its name may change.
import { mix, share } from './random.ts';
import {
  adjectives,
  endings,
  givenNames,
  inventedBots,
  knownBots,
  nouns,
  orgEndings,
} from './words.ts';

export const repoCount = 6000;
export const userCount = 4000;
export const orgCount = 300;
const bots = [...knownBots.map(([login]) => login), ...inventedBots];
/** Actors are bots first, then users. */
export const botCount = bots.length;
export const actorCount = botCount + userCount;

export interface Actor {
  id: number;
  login: string;
  displayLogin: string;
  isBot: boolean;
}

export interface Org {
  id: number;
  login: string;
}

export interface Repo {
  id: number;
  name: string;
  /** Index of the organisation that owns it, or null. */
  org: number | null;
  /** Index of the actor that owns it, when no organisation does. */
  owner: number | null;
  description: string;
  defaultBranch: string;
}

export interface World {
  /** `second` counts from the epoch of the timeline and may be negative. */
  actor(index: number, second: number): Actor;
  org(index: number): Org;
  repo(index: number, second: number): Repo;
  /** Who owns a repository; one of the two is null. */
  ownerOf(index: number): { org: number | null; owner: number | null };
  /** Whether the name of a repository (its own or its owner's) ever changes. */
  repoIsRenamed(index: number): boolean;
}

/** Builds the world of a seed. */
export function createWorld(seed: number): World {
  const shift = mix(seed, 1) % 1000;

  // How often a thing was renamed by then. About one in seven is renamed now and then, with a
  // period between ten minutes and two hours, so that a short demo already shows it.
  function generation(tag: number, index: number, second: number): number {
    const hash = mix(seed, tag, index);
    if (share(hash) > 0.14) return 0;
    const period = 600 + (mix(hash, 1) % 6600);
    return Math.floor((second + (mix(hash, 2) % period)) / period);
  }

  function actor(index: number, second: number): Actor {
    if (index < botCount) {
      const name = bots[index] as string;
      const id = knownBots[index]?.[1] ?? 190_000_000 + shift + index;
      return { id, login: `${name}[bot]`, displayLogin: name, isBot: true };
    }
    const user = index - botCount;
    // Digits at the end keep logins apart from each other and from organisations'.
    const base = `${givenNames[user % 32]}${nouns[(user * 7 + shift) % 32]}${10 + user}`;
    const suffix = ['', '-dev', '-hq', 'x', '-io'];
    const login = base + suffix[modulo(generation(20, index, second), suffix.length)];
    return { id: userId(user), login, displayLogin: login, isBot: false };
  }

  function userId(user: number): number {
    // Every fifth passes 2^31: ids of accounts will, and those of repositories are close.
    if (user % 5 === 4) return 2_147_483_648 + shift + user * 104_729;
    return 1_000_003 + shift + user * 40_009;
  }

  function org(index: number): Org {
    const login = `${nouns[(index + shift) % 32]}${orgEndings[Math.floor(index / 32) % 12]}`;
    return { id: 60_000_000 + shift * 31 + index * 500_009, login };
  }

  // Neighbours share an owner, so that a few pairs can swap their names: then one name belongs
  // to several ids over time.
  function ownerOf(index: number): { org: number | null; owner: number | null } {
    const hash = mix(seed, 30, index >> 1);
    if (share(hash) < 0.4) return { org: mix(hash, 1) % orgCount, owner: null };
    return { org: null, owner: botCount + (mix(hash, 2) % userCount) };
  }

  function repo(index: number, second: number): Repo {
    const hash = mix(seed, 30, index >> 1);
    const owned = ownerOf(index);
    const login =
      owned.org === null ? actor(owned.owner ?? botCount, second).login : org(owned.org).login;
    const swaps = share(mix(hash, 3)) < 0.02;
    const swapped = swaps && modulo(Math.floor(second / 900), 2) === 1;
    const named = swapped ? index ^ 1 : index;
    const renamed = swaps ? 0 : generation(31, index, second);
    const name = repoName(named + modulo(renamed, 8) * 1021);
    return {
      id: repoId(index),
      name: `${login}/${name}`,
      ...owned,
      description: `The ${name} of ${login}`,
      defaultBranch: mix(hash, 4) % 5 === 0 ? 'master' : 'main',
    };
  }

  function repoName(number: number): string {
    const place = (number * 37 + shift) % 8192;
    return `${adjectives[place % 32]}-${nouns[(place >> 5) % 32]}${endings[place >> 10]}`;
  }

  function repoId(index: number): number {
    if (index % 3 === 0) return 10_000_019 + shift + index * 8_009;
    if (index % 3 === 1) return 1_030_000_003 + shift + index * 7_919;
    return 2_147_483_648 + shift + index * 104_729;
  }

  function repoIsRenamed(index: number): boolean {
    const { owner } = ownerOf(index);
    const hash = mix(seed, 30, index >> 1);
    if (share(mix(hash, 3)) < 0.02) return true;
    if (share(mix(seed, 31, index)) <= 0.14) return true;
    return owner !== null && share(mix(seed, 20, owner)) <= 0.14;
  }

  return { actor, org, repo, ownerOf, repoIsRenamed };
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
