import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { UserError } from '../../apps/shared/errors.ts';
import type { Tally } from './export-types.ts';
import { openSink, type Sink } from './open-sink.ts';

/** Where an export goes. What is opened has a temporary name until all of it is published. */
export interface Destination {
  /** @param folder below the destination; undefined when it is a single file or stream. */
  open: (folder: string | undefined) => Promise<Sink>;
  /** Gives everything its name. */
  publish: () => Promise<void>;
  /** Takes away what was written. Call it after a failure; it can be called at any time. */
  discard: () => Promise<void>;
}

export interface DestinationOptions {
  out: string;
  mayOverwrite: boolean;
  isGzip: boolean;
  tally: Tally;
}

/** No reader of `*.csv`, `*.parquet` and the like takes such a file for one of its own. */
const temporaryName = (path: string) => `${path}.${randomBytes(4).toString('hex')}.incomplete`;

/** @throws UserError when there is something of that name that may not be replaced. */
export async function createFileDestination(options: DestinationOptions): Promise<Destination> {
  const { out, mayOverwrite } = options;
  const path = resolve(out);
  await refuseWhatIsThere();
  const temporary = temporaryName(path);
  const files = createOpener(options);

  async function refuseWhatIsThere(): Promise<void> {
    const there = await stat(path).catch(() => undefined);
    if (there?.isDirectory())
      throw new UserError(
        `${out} is a folder; name a file, or divide the rows with --partition-by.`,
      );
    if (there !== undefined && !there.isFile())
      throw new UserError(`${out} is no file. For standard output: --out -`);
    if (there !== undefined && !mayOverwrite)
      throw new UserError(`${out} is there already. Replace it with --force.`);
  }

  return {
    open: () => files.open(temporary),
    publish: async () => {
      await refuseWhatIsThere();
      await rename(temporary, path);
    },
    discard: async () => {
      await files.abort();
      await rm(temporary, { force: true });
    },
  };
}

/**
 * A folder with one file a period, such as `date=2026-01-31/part.parquet`. A folder that is there already takes the new
 * files beside its own.
 *
 * @throws UserError when there is something of that name that is no folder.
 */
export async function createFolderDestination(
  options: DestinationOptions & { fileName: string },
): Promise<Destination> {
  const { out, mayOverwrite, fileName } = options;
  const path = resolve(out);
  const isThere = async () => {
    const there = await stat(path).catch(() => undefined);
    if (there !== undefined && !there.isDirectory())
      throw new UserError(`${out} is a file; --partition-by makes a folder.`);
    return there !== undefined;
  };
  await isThere();
  const temporary = temporaryName(path);
  const files = createOpener(options);
  const folders: string[] = [];

  return {
    open: async (folder) => {
      if (folder === undefined) throw new Error('A folder has no single file.');
      const final = join(folder, fileName);
      if (!mayOverwrite && (await exists(join(path, final))))
        throw new UserError(`${join(out, final)} is there already. Replace it with --force.`);
      folders.push(folder);
      await makeFolder(temporary);
      await mkdir(join(temporary, folder));
      return await files.open(join(temporary, final));
    },
    publish: async () => {
      if (folders.length === 0) return;
      if (!(await isThere())) return await rename(temporary, path);
      // What can be in the way of one is found before any has its name.
      for (const folder of folders) await makeFolder(join(path, folder));
      for (const folder of folders)
        await rename(join(temporary, folder, fileName), join(path, folder, fileName));
      await rm(temporary, { recursive: true });
    },
    discard: async () => {
      await files.abort();
      await rm(temporary, { recursive: true, force: true });
    },
  };
}

/** A stream, as it is: what has gone into it cannot be taken back. */
export function createStreamDestination(
  stream: Writable,
  options: DestinationOptions,
): Destination {
  // The sink reports it; without a listener it would end the process as well.
  stream.on('error', () => {});
  let sink: Sink | undefined;
  return {
    open: async () => {
      sink = openSink(stream, { ...sinkOptions(options), staysOpen: true });
      return sink;
    },
    publish: async () => {},
    discard: async () => await sink?.abort(),
  };
}

/** Opens files, and remembers them until they are closed. */
function createOpener(options: DestinationOptions) {
  const sinks = new Set<Sink>();
  return {
    open: async (path: string): Promise<Sink> => {
      // It is there from now on: one that the stream makes later may come after it was discarded.
      const file = await open(path, 'wx');
      // On the disk before it gets its name: a name that survives a power failure is that of a whole file.
      const sink = openSink(file.createWriteStream({ flush: true }), sinkOptions(options));
      sinks.add(sink);
      options.tally.files++;
      return {
        ...sink,
        close: async () => {
          await sink.close();
          sinks.delete(sink);
        },
      };
    },
    abort: async () => {
      for (const sink of sinks) await sink.abort();
    },
  };
}

function sinkOptions({ isGzip, tally }: DestinationOptions) {
  return {
    isGzip,
    onBytes: (count: number) => {
      tally.bytes += count;
    },
  };
}

/** Makes one folder; the one above it has to be there, so that a slip of the pen makes no tree. */
async function makeFolder(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) return;
  if (there !== undefined) throw new UserError(`${path} is a file where a folder has to be.`);
  await stat(dirname(path));
  await mkdir(path);
}

async function exists(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}
