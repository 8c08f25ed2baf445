// Archive hours: gzip of what appeared in an hour, one event a line. Besides the complete
// archive there may be others, each of which misses something in its own way.
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, createGzip, gunzip } from 'node:zlib';
import type { Timeline } from './create-timeline.ts';
import type { World } from './create-world.ts';
import { hashText, mix, share } from './random.ts';
import { renderEvent } from './render-event.ts';
import { notFound, type Reply } from './reply.ts';
import type { ArchivePlan, Item, Settings } from './simulator-types.ts';

/** Answers a request for an archive hour, or null when the path is none of a file. */
export type Archive = (path: string) => Promise<Reply> | null;

const hourFile = /^\/(?:([^_/][^/]*)\/)?(\d{4}-\d\d-\d\d)-(\d|1\d|2[0-3])\.json\.gz$/;
const newline = Buffer.from('\n');
const noBytes = Buffer.alloc(0);

/** Builds the archives of a world; `now` gives epoch milliseconds. */
export function createArchive(
  { seed, archives }: Pick<Settings, 'seed' | 'archives'>,
  world: World,
  timeline: Timeline,
  now: () => number,
): Archive {
  function planOf(prefix: string): ArchivePlan | undefined {
    const complete = prefix === '' ? { captureRate: 1 } : undefined;
    return Object.hasOwn(archives, prefix) ? archives[prefix] : complete;
  }

  return (path) => {
    if (!path.endsWith('.json.gz')) return null;
    const [, prefix = '', day, hour] = hourFile.exec(path) ?? [];
    // Such as an hour with a leading zero.
    if (day === undefined || hour === undefined) return Promise.resolve(notFound());
    return hourReply(prefix, day, Number(hour));
  };

  async function hourReply(prefix: string, day: string, hour: number): Promise<Reply> {
    const start = Date.parse(`${day}T${String(hour).padStart(2, '0')}:00:00Z`);
    const first = timeline.secondAt(start);
    const exists = first >= timeline.firstSecond && start + 3_600_000 <= now();
    const plan = planOf(prefix);
    const name = `${day}-${hour}`;
    // Date.parse also takes 30 February, as 2 March.
    const isDay = !Number.isNaN(start) && new Date(start).toISOString().startsWith(day);
    if (!isDay || !exists || plan === undefined || plan.missingHours?.includes(name)) {
      return notFound();
    }
    const items = plan.emptyHours?.includes(name) ? [] : caughtIn(prefix, plan, first);
    const { gzip, lines } = await compress(items);
    const cut = plan.truncatedHours?.includes(name) ?? false;
    const body = cut ? gzip.subarray(0, Math.floor(gzip.length * 0.6)) : gzip;
    return {
      status: 200,
      headers: { 'content-type': 'application/gzip' },
      body,
      items: cut ? await readableIn(body, lines) : lines.map(({ item }) => item),
      source: prefix === '' ? 'archive' : `archive:${prefix}`,
    };
  }

  // An event caught once is caught each time it appears.
  function* caughtIn(prefix: string, plan: ArchivePlan, first: number): Generator<Item[]> {
    const chance = hashText(`archive ${prefix}`);
    for (let second = first; second < first + 3600; second++) {
      const caught = timeline
        .appearancesOf(second)
        .filter(({ entry }) => share(mix(seed, chance, entry.ordinal)) < plan.captureRate);
      yield caught.map(({ entry }) => renderEvent(seed, world, entry));
    }
  }
}

interface Line {
  item: Item;
  length: number;
}

async function compress(seconds: Iterable<Item[]>): Promise<{ gzip: Buffer; lines: Line[] }> {
  const stream = createGzip({ chunkSize: 256 * 1024 });
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const lines: Line[] = [];
  let secondsDone = 0;
  for (const items of seconds) {
    if (!stream.write(Buffer.concat(items.flatMap((item) => [item.raw, newline])))) {
      await once(stream, 'drain');
    }
    for (const item of items) lines.push({ item: withoutBytes(item), length: item.raw.length });
    // An hour takes seconds to make: other requests must be answered meanwhile.
    secondsDone += 1;
    if (secondsDone % 10 === 0) await nextTurn();
  }
  stream.end();
  await once(stream, 'end');
  return { gzip: Buffer.concat(chunks), lines };
}

// The truth needs the bytes of refused items only; an hour of all bytes may be 100 MB.
function withoutBytes(item: Item): Item {
  return item.verdict === 'refused' ? item : { ...item, raw: noBytes };
}

// What a reader can get out of a cut gzip: the whole lines, and the torn one as a refused item.
async function readableIn(body: Buffer, lines: readonly Line[]): Promise<Item[]> {
  const text = await promisify(gunzip)(body, { finishFlush: constants.Z_SYNC_FLUSH });
  const readable: Item[] = [];
  let position = 0;
  for (const { item, length } of lines) {
    if (position + length > text.length) break;
    readable.push(item);
    position += length + 1;
  }
  const raw = Buffer.from(text.subarray(position));
  if (raw.length > 0) readable.push({ verdict: 'refused', kind: 'torn_line', raw, identity: null });
  return readable;
}
