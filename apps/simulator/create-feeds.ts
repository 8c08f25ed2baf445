// The events API over the made-up world: which feed a path names, and its items.
import { createDirectory } from './create-directory.ts';
import type { Entry } from './create-entry-maker.ts';
import type { Timeline } from './create-timeline.ts';
import { createTimelineIndex, type Subject } from './create-timeline-index.ts';
import type { World } from './create-world.ts';
import { matchPath } from './match-path.ts';
import { pageReply, readPageRequest, timelineLimit } from './page-items.ts';
import { renderEvent } from './render-event.ts';
import { jsonReply, notFound, type Reply } from './reply.ts';
import type { KnownNames } from './simulator-types.ts';

/** Answers a request for a feed; the caller has seen to limits and failures. */
export interface Feeds {
  /** `ifNoneMatch` is for those who care what the client holds; the caller makes the 304. */
  reply(url: URL, ifNoneMatch: string | undefined): Reply | Promise<Reply>;
  names(): KnownNames;
}

/** Builds the feeds of a world; `now` gives epoch milliseconds. */
export function createFeeds(
  seed: number,
  world: World,
  timeline: Timeline,
  now: () => number,
): Feeds {
  const index = createTimelineIndex(timeline, world);
  const directory = createDirectory(world, timeline.firstSecond);

  function reply(url: URL): Reply {
    const found = entriesFor(url);
    if (!Array.isArray(found)) return found;
    const request = readPageRequest(url.searchParams);
    const shown = found.slice(request.from, request.to);
    const items = shown.map((entry) => renderEvent(seed, world, entry));
    return { ...pageReply(items, url, request, found.length), source: 'api' };
  }

  function entriesFor(url: URL): Entry[] | Reply {
    const time = now();
    const second = timeline.secondAt(time);
    const feed = matchPath(url.pathname);
    const about = (subject: Subject, found: number | null) =>
      found === null ? notFound() : index.newest(subject, found, time);
    switch (feed?.kind) {
      case 'public':
        return timeline.newest(time, timelineLimit).map(({ entry }) => entry);
      case 'org':
        return about('org', directory.org(feed.name));
      case 'user':
        return about('actor', directory.actor(feed.name, second));
      case 'repo-id':
        return about('repo', directory.repoById(feed.id));
      case 'repo': {
        const repo = directory.repo(feed.name, second);
        if (repo?.moved) return movedTo(world.repo(repo.index, second).id, url);
        return about('repo', repo?.index ?? null);
      }
      default:
        return notFound();
    }
  }

  function names(): KnownNames {
    const time = now();
    const second = timeline.secondAt(time);
    const top = (subject: Subject) => index.mostActive(subject, time, 50);
    return {
      orgs: top('org').map((org) => world.org(org).login),
      repos: top('repo').map((repo) => world.repo(repo, second).name),
      users: top('actor').map((actor) => world.actor(actor, second).login),
    };
  }

  return { reply, names };
}

// GitHub sends whoever asks for an old name to the id, which never changes.
function movedTo(id: number, url: URL): Reply {
  const target = new URL(`/repositories/${id}/events${url.search}`, url).href;
  return jsonReply(301, { message: 'Moved Permanently', url: target }, { location: target });
}
