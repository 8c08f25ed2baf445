import { MixedOrigins } from '../../shared/claim-origin.ts';
import type { ArchiveSource, Config } from '../../shared/config.ts';
import type { Pool } from '../../shared/database.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { archiveName } from './archive-hours.ts';
import { downloadHour, withoutCredentials } from './download-hour.ts';
import { createLimiter, mapConcurrently } from './limiter.ts';
import { type LoadOptions, type LoadResult, loadSource } from './load-source.ts';
import type { Progress } from './progress.ts';
import type { SourceFile } from './source-file.ts';
import {
  claimFile,
  endReading,
  type FileStatus,
  findFile,
  type SourceName,
} from './source-ledger.ts';

/** What became of one hour of one archive. */
export interface HourResult extends LoadResult {
  /** Start of the UTC hour, as 2026-01-31T07. */
  hour: string;
  /** gharchive or archive:NAME. */
  archive: string;
}

export interface ArchiveJob {
  hour: string;
  archive: ArchiveSource;
}

export interface BackfillHoursOptions {
  /** With as many connections as `concurrency`; more does no harm. */
  pool: Pool;
  config: Pick<Config, 'githubArchives' | 'maxRetries'>;
  /** UTC hours, as 2026-01-31T07. */
  hours: readonly string[];
  /** Names of the archives to ask (gharchive, archive:NAME); default all that are configured. */
  archives?: readonly string[];
  log: Logger;
  signal: AbortSignal;
  /** Files at a time. Default 2. */
  concurrency?: number;
  progress?: Progress;
  /** Told of each as it ends. */
  onResult?: (result: HourResult) => void;
}

/**
 * Downloads archive hours and loads them into bronze. Each is entered in ops.source_files, whatever becomes of it; what
 * is loaded and has not changed since is not loaded again.
 *
 * @returns what became of each, in the order of the hours; a file that fails does not keep the others from being loaded.
 * @throws MixedOrigins when an archive serves made-up events and the warehouse holds real ones, or the reverse; the
 *   signal's reason when it aborts; the next run goes on where this one stopped.
 */
export async function backfillHours(options: BackfillHoursOptions): Promise<HourResult[]> {
  const { config, hours, archives } = options;
  const asked = config.githubArchives.filter(({ name }) => archives?.includes(name) ?? true);
  return await backfillJobs(
    hours.flatMap((hour) => asked.map((archive) => ({ hour, archive }))),
    options,
  );
}

/** As backfillHours, for hours that are not the same of every archive. */
export async function backfillJobs(
  jobs: readonly ArchiveJob[],
  options: Omit<BackfillHoursOptions, 'hours' | 'archives'>,
): Promise<HourResult[]> {
  const { concurrency = 2, log, signal } = options;
  const writers = createLimiter(concurrency);
  const results = await mapConcurrently(jobs, concurrency, async (job) => {
    signal.throwIfAborted();
    let result: LoadResult;
    try {
      result = await backfillHour(job, { ...options, writers });
    } catch (error) {
      signal.throwIfAborted();
      // The next hour would be downloaded for nothing as well.
      if (error instanceof MixedOrigins) throw error;
      log.debug({ err: error, ...job }, `${job.hour} of ${job.archive.name}: ${messageOf(error)}`);
      result = without(nameHour(job), 'failed', messageOf(error));
    }
    const told = { ...result, hour: job.hour, archive: job.archive.name };
    options.onResult?.(told);
    return told;
  });
  signal.throwIfAborted();
  return results;
}

async function backfillHour(
  job: ArchiveJob,
  options: Omit<BackfillHoursOptions, 'hours'> & Pick<LoadOptions, 'writers'>,
): Promise<LoadResult> {
  const { pool, config, log, signal, progress, writers } = options;
  const name = nameHour(job);
  const known = await findFile(pool, name.key);
  const isLoaded = known?.status === 'complete' || known?.status === 'partial';
  const download = await downloadHour(`${job.archive.url}/${archiveName(job.hour)}.json.gz`, {
    etag: isLoaded ? known.etag : null,
    maxRetries: config.maxRetries,
    log,
    signal,
  });
  switch (download.kind) {
    case 'not-modified':
      return {
        ...without(name, known?.status ?? 'complete', 'unchanged since it was loaded'),
        takenFor: known?.takenFor ?? '',
        items: known?.itemsRead ?? 0,
      };
    case 'missing':
    case 'failed': {
      const error = download.kind === 'failed' ? download.error : null;
      // What was loaded stays loaded, whatever the archive says today.
      if (isLoaded) return without(name, download.kind, error);
      const claim = await claimFile(pool, name);
      const retryAt = nextRetry(claim.attempt);
      await endReading(pool, claim, { status: download.kind, error, retryAt });
      return without(name, download.kind, error);
    }
    case 'file': {
      const { file, etag, origin } = download;
      const source: SourceFile = {
        ...name,
        ...file,
        name: name.source,
        etag,
        origin,
        isReadable: 'again',
      };
      const reported = progress?.start(name.source, 1, file.sizeBytes);
      try {
        return await loadSource(source, {
          pool,
          log,
          signal,
          writers,
          progress: reported ?? { read: () => {}, settled: () => {} },
          retryAt: nextRetry,
        });
      } finally {
        progress?.finish(name.source);
        await file.close();
      }
    }
  }
}

function nameHour({ hour, archive }: ArchiveJob): SourceName {
  const file = archiveName(hour);
  return {
    key: `${archive.name}:${file}`,
    source: `${archive.name}:${file}`,
    location: withoutCredentials(`${archive.url}/${file}.json.gz`),
    hour: `${hour.slice(0, 13)}:00Z`,
  };
}

const FIRST_RETRY_MS = 3_600_000;
const LONGEST_RETRY_MS = 7 * 24 * 3_600_000;

/** An archive publishes an hour a little later; what has not come after days is asked for less and less. */
function nextRetry(attempt: number): Date {
  return new Date(Date.now() + Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1)));
}

function without(name: SourceName, status: FileStatus, note: string | null): LoadResult {
  const { source } = name;
  return {
    name: source,
    source,
    takenFor: '',
    status,
    items: 0,
    inserted: 0,
    deadLettered: 0,
    note,
  };
}
