import { claimOrigin } from '../../shared/claim-origin.ts';
import { messageOf, UserError } from '../../shared/errors.ts';
import { failpoint } from '../../shared/failpoint.ts';
import { outlastOutage } from '../../shared/outlast-outage.ts';
import { type OpenText, openText } from './open-text.ts';
import { ContentChanged } from './read-batches.ts';
import { recogniseFormat } from './recognise-format.ts';
import { type SaveTextOptions, saveText } from './save-text.ts';
import { hashSource, type SourceFile } from './source-file.ts';
import {
  beginReading,
  type Claim,
  claimFile,
  countRefused,
  endReading,
  type FileStatus,
  forgetContent,
  noteFailure,
} from './source-ledger.ts';

export interface LoadOptions extends SaveTextOptions {
  mapping?: ReadonlyMap<string, string>;
  /** When an archive hour that turns out empty is to be tried again. */
  retryAt?: (attempt: number) => Date;
}

/** What became of a file in this run. */
export interface LoadResult {
  name: string;
  source: string;
  /** What it was taken for, such as `NDJSON in gzip`. */
  takenFor: string;
  status: FileStatus;
  /** Items in the file. */
  items: number;
  /** Of them new to bronze in this run. */
  inserted: number;
  /** Of them put into the dead letters in this run. */
  deadLettered: number;
  /** What else to say: why it is partial, that it is unchanged. */
  note: string | null;
}

/**
 * Loads a file into bronze: from where an earlier run stopped, from the start when it is new or another one now, not at
 * all when nothing about it has changed.
 *
 * @throws MixedOrigins when it is not of the kind that the warehouse holds; when the database refuses for good, or the signal aborts; what is stored by then stays, the next run goes on.
 */
export async function loadSource(source: SourceFile, options: LoadOptions): Promise<LoadResult> {
  const { pool, progress } = options;
  const claim = await outlastOutage(options, () => claimFile(pool, source));
  if (await isUnchanged(source, claim)) {
    progress.read(source.sizeBytes ?? 0);
    return {
      ...nothing(source, claim.status),
      takenFor: claim.takenFor,
      items: claim.itemsRead,
      note: 'unchanged since it was loaded',
    };
  }
  try {
    return await readAgainIfChanged(source, claim, options);
  } catch (error) {
    if (!options.signal.aborted)
      await noteFailure(pool, claim, messageOf(error)).catch((cause: unknown) =>
        options.log.warn(`could not note that ${source.name} failed: ${messageOf(cause)}`),
      );
    throw error;
  }
}

async function readAgainIfChanged(
  source: SourceFile,
  claim: Claim,
  options: LoadOptions,
): Promise<LoadResult> {
  try {
    return await readAndSave(source, claim, options);
  } catch (error) {
    if (!(error instanceof ContentChanged)) throw error;
    const renewed = await outlastOutage(options, () => forgetContent(options.pool, claim));
    if (source.isReadable === 'once')
      throw new UserError(
        'standard input does not continue what was loaded of it before; give it once more to read it anew',
        { cause: error },
      );
    return await readAndSave(source, renewed, options);
  }
}

async function readAndSave(
  source: SourceFile,
  claim: Claim,
  options: LoadOptions,
): Promise<LoadResult> {
  const { pool, progress, mapping } = options;
  const opened = await openText(source, progress.read);
  const { compression, encoding } = opened;
  const recognised = recogniseFormat(opened.head, opened.headIsWhole, mapping);
  if (recognised.kind !== 'events') {
    await opened.text.return(undefined);
    return await endWithoutEvents(source, claim, opened, recognised, options);
  }
  const { origin } = source;
  if (origin !== null) await outlastOutage(options, () => claimOrigin(pool, origin));
  const { format, splitter } = recognised;
  await outlastOutage(options, () => beginReading(pool, claim, { format, compression, encoding }));
  const result = { ...nothing(source, 'loading'), takenFor: describeFormat(format, opened) };
  const saved = await saveText(claim, opened.text, splitter, options);
  Object.assign(result, saved);

  const refused = await outlastOutage(options, () => countRefused(pool, claim));
  const trouble = splitter.trouble();
  const faults = trouble === undefined ? opened.faults : [...opened.faults, trouble];
  const notes = [...faults, ...(refused === 0 ? [] : [`${refused} in the dead letters`])];
  result.status = notes.length === 0 ? 'complete' : 'partial';
  result.note = notes.length === 0 ? null : notes.join('; ');
  const measured = await opened.measure();
  failpoint('backfill.before-end');
  await outlastOutage(options, () =>
    endReading(pool, claim, {
      ...measured,
      status: result.status,
      etag: source.etag,
      wasReadWhole: faults.length === 0,
      error: result.note,
    }),
  );
  return result;
}

/** A file without events is not loaded, and what was loaded of an earlier one of that name stays as it is. */
async function endWithoutEvents(
  source: SourceFile,
  claim: Claim,
  opened: OpenText,
  found: { kind: 'empty' } | { kind: 'junk'; reason: string },
  options: LoadOptions,
): Promise<LoadResult> {
  const notes = [...opened.faults, ...(found.kind === 'junk' ? [found.reason] : [])];
  const status = notes.length === 0 ? 'empty' : 'failed';
  const retryAt = options.retryAt?.(claim.attempt) ?? null;
  const error = notes.length === 0 ? null : notes.join('; ');
  await outlastOutage(options, async () => {
    if (claim.itemsRead > 0) await forgetContent(options.pool, claim);
    await endReading(options.pool, claim, { status, error, retryAt });
  });
  return { ...nothing(source, status), note: error };
}

async function isUnchanged(source: SourceFile, claim: Claim): Promise<boolean> {
  const isFinished = claim.status === 'complete' || claim.status === 'partial';
  return (
    isFinished &&
    source.isReadable === 'again' &&
    claim.sha256 !== null &&
    claim.sizeBytes === source.sizeBytes &&
    claim.sha256.equals(await hashSource(source))
  );
}

function nothing(source: SourceFile, status: FileStatus): LoadResult {
  return {
    name: source.name,
    source: source.source,
    takenFor: '',
    status,
    items: 0,
    inserted: 0,
    deadLettered: 0,
    note: null,
  };
}

function describeFormat(format: string, { compression, encoding }: OpenText): string {
  const packed = compression === 'gzip' ? ' in gzip' : '';
  return `${format}${packed}${encoding === 'UTF-8' ? '' : `, ${encoding}`}`;
}
