import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { DAYS, makeEvents, type Payloads } from './make-events.ts';

export interface BenchData {
  events: number;
  /** Of their JSON, unpacked, with the line ends. */
  bytes: number;
  /** NDJSON in gzip, as archives have it. */
  archives: string[];
  archiveBytes: number;
  /** The same JSON unpacked: what COPY is given. */
  plain: string[];
  /** The same with id, type and time before each, for a COPY that knows the key without looking. */
  keyed: string[];
}

/** Stands between the columns of the keyed files; no JSON has it. */
export const KEY_SEPARATOR = '\x02';
/** Written at once. */
const PIECE = 256 * 1024;

/** Writes the events of a seed into files, a file a day; memory holds a piece of them at a time. */
export async function writeData(
  folder: string,
  seed: number,
  count: number,
  payloads: Payloads,
  signal: AbortSignal,
): Promise<BenchData> {
  const data: BenchData = {
    events: count,
    bytes: 0,
    archives: [],
    archiveBytes: 0,
    plain: [],
    keyed: [],
  };
  const events = makeEvents(seed, count, payloads);
  for (let day = 0; day < DAYS; day++) {
    const ofDay = Math.floor((count * (day + 1)) / DAYS) - Math.floor((count * day) / DAYS);
    const [archive, plain, keyed] = ['json.gz', 'ndjson', 'keyed'].map((ending) =>
      join(folder, `events-${day + 1}.${ending}`),
    ) as [string, string, string];
    const gzip = createGzip();
    const packed = createWriteStream(archive);
    const outputs: Writable[] = [gzip, createWriteStream(plain), createWriteStream(keyed)];
    const finished = [
      pipeline(gzip, packed),
      ...outputs.slice(1).map((one) => once(one, 'finish')),
    ];
    let lines: Buffer[] = [];
    let keyedLines: Buffer[] = [];
    let gathered = 0;
    const flush = async () => {
      const text = Buffer.concat(lines);
      data.bytes += text.length;
      await Promise.all([
        write(outputs[0] as Writable, text),
        write(outputs[1] as Writable, text),
        write(outputs[2] as Writable, Buffer.concat(keyedLines)),
      ]);
      lines = [];
      keyedLines = [];
      gathered = 0;
    };
    const end = Buffer.from('\n');
    for (let written = 0; written < ofDay; written++) {
      const { value, done } = events.next();
      if (done === true) throw new Error(`The generator ended after ${written} events of a day.`);
      const { id, type, created_at } = value.identity;
      lines.push(value.raw, end);
      keyedLines.push(Buffer.from([id, type, created_at, ''].join(KEY_SEPARATOR)), value.raw, end);
      gathered += value.raw.length;
      if (gathered >= PIECE) {
        await flush();
        signal.throwIfAborted();
      }
    }
    await flush();
    for (const output of outputs) output.end();
    await Promise.all(finished);
    data.archives.push(archive);
    data.archiveBytes += packed.bytesWritten;
    data.plain.push(plain);
    data.keyed.push(keyed);
  }
  return data;
}

/** Reads files one after the other. */
export async function* readFiles(files: readonly string[]): AsyncGenerator<Buffer> {
  for (const file of files) yield* createReadStream(file, { highWaterMark: PIECE });
}

async function write(output: Writable, bytes: Buffer): Promise<void> {
  if (!output.write(bytes)) await once(output, 'drain');
}
