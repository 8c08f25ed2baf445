// The public feed over real events. A window of 300 stays until its reader has confirmed every
// page of it: a client stores a batch before it remembers the ETag, so one that is killed comes
// back without the ETag and is given the same window again.
import { matchPath } from '../match-path.ts';
import { matchesEtag, pageReply, readPageRequest, timelineLimit } from '../page-items.ts';
import { notFound, type Reply } from '../reply.ts';
import type { Item, ReplayProgress } from '../simulator-types.ts';
import { classifyItem } from './classify-item.ts';
import { readItems } from './read-items.ts';

export interface Replay {
  reply(url: URL, ifNoneMatch: string | undefined): Promise<Reply>;
  progress(): ReplayProgress;
  /** Lets go of the files. */
  close(): Promise<void>;
}

interface Place {
  item: Item;
  isOffered: boolean;
  isConfirmed: boolean;
}

/**
 * Opens the files. They are read once to count their events, then a window at a time.
 * @throws Error that names the file when one cannot be read
 */
export async function openReplay(files: readonly string[]): Promise<Replay> {
  const progress = { offered: 0, confirmed: 0, total: 0, skipped: 0, finished: false };
  for await (const _ of itemsOf(files, () => (progress.skipped += 1))) progress.total += 1;

  const source = itemsOf(files, () => {});
  let places = await nextWindow();
  // Requests that come while the window moves wait for the new one.
  let moving: Promise<void> = Promise.resolve();
  progress.finished = progress.total === 0;

  async function nextWindow(): Promise<Place[]> {
    const window: Place[] = [];
    while (window.length < timelineLimit) {
      const { value, done } = await source.next();
      if (done) break;
      window.push({ item: classifyItem(value), isOffered: false, isConfirmed: false });
    }
    return window;
  }

  async function reply(url: URL, ifNoneMatch: string | undefined): Promise<Reply> {
    // Real events of one repository or user cannot be found without reading all files.
    if (matchPath(url.pathname)?.kind !== 'public') return notFound();
    await moving;
    const request = readPageRequest(url.searchParams);
    const shown = places.slice(request.from, request.to);
    const items = shown.map(({ item }) => item);
    const page = pageReply(items, url, request, places.length);
    if (matchesEtag(ifNoneMatch, page.headers.etag ?? '')) confirm(shown);
    return { ...page, source: 'api', onSent: () => countOffered(shown) };
  }

  function countOffered(shown: readonly Place[]): void {
    for (const place of shown) {
      if (!place.isOffered) progress.offered += 1;
      place.isOffered = true;
    }
  }

  function confirm(shown: readonly Place[]): void {
    for (const place of shown) {
      if (!place.isConfirmed) progress.confirmed += 1;
      place.isConfirmed = true;
    }
    if (progress.finished || !places.every((place) => place.isConfirmed)) return;
    // The last window stays: there is nothing to move on to.
    if (progress.confirmed === progress.total) progress.finished = true;
    else moving = move();
  }

  function move(): Promise<void> {
    const moved = nextWindow().then((window) => {
      places = window;
    });
    // A file that has gone meanwhile fails the next request, not the process.
    moved.catch(() => {});
    return moved;
  }

  return {
    reply,
    progress: () => ({ ...progress }),
    close: async () => {
      await source.return(undefined);
    },
  };
}

async function* itemsOf(
  files: readonly string[],
  onSkipped: () => void,
): AsyncGenerator<Buffer, undefined> {
  for (const file of files) yield* readItems(file, onSkipped);
  return undefined;
}
