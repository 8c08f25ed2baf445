// Who bears a name now, and which repository bore it once.
import { actorCount, orgCount, repoCount, type World } from './create-world.ts';

export interface Directory {
  /** Index of the actor who bears the login in a second, or null. */
  actor(login: string, second: number): number | null;
  org(login: string): number | null;
  /** The repository that bears the name, or once bore it (`moved`), or null. */
  repo(name: string, second: number): { index: number; moved: boolean } | null;
  repoById(id: number): number | null;
}

// Names change every ten minutes at most (see create-world.ts): looking every five misses none.
const step = 300;

/** Builds the directory of a world whose timeline begins at `firstSecond`. */
export function createDirectory(world: World, firstSecond: number): Directory {
  const orgs = new Map(range(orgCount).map((index) => [lower(world.org(index).login), index]));
  const ids = new Map(range(repoCount).map((index) => [world.repo(index, 0).id, index]));
  const renamed = range(repoCount).filter((index) => world.repoIsRenamed(index));
  const formerRepos = new Map<string, number>();
  let lookedUntil = firstSecond - step;
  let current = { second: Number.NaN, actors: new Map<string, number>(), repos: formerRepos };

  // Names at one second, made once for all requests in it.
  function namesAt(second: number) {
    if (current.second !== second) {
      const name = (index: number) => lower(world.repo(index, second).name);
      const login = (index: number) => lower(world.actor(index, second).login);
      current = {
        second,
        actors: new Map(range(actorCount).map((index) => [login(index), index])),
        repos: new Map(range(repoCount).map((index) => [name(index), index])),
      };
    }
    return current;
  }

  function formerRepo(name: string, second: number): number | undefined {
    for (; lookedUntil + step <= second; lookedUntil += step) {
      for (const index of renamed) {
        formerRepos.set(lower(world.repo(index, lookedUntil + step).name), index);
      }
    }
    return formerRepos.get(name);
  }

  function repo(name: string, second: number): { index: number; moved: boolean } | null {
    const bearer = namesAt(second).repos.get(lower(name));
    if (bearer !== undefined) return { index: bearer, moved: false };
    const former = formerRepo(lower(name), second);
    return former === undefined ? null : { index: former, moved: true };
  }

  return {
    repo,
    actor: (login, second) => namesAt(second).actors.get(lower(login)) ?? null,
    org: (login) => orgs.get(lower(login)) ?? null,
    repoById: (id) => ids.get(id) ?? null,
  };
}

// GitHub's names ignore case.
function lower(name: string): string {
  return name.toLowerCase();
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
