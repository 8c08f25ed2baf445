import { type Client, type Pool, withTransaction } from '../shared/database.ts';
import { UserError } from '../shared/errors.ts';

/** How far something has been read. Times are UTC text. */
export interface WatermarkRow {
  /** A pipeline (silver, gold, …), or a source as in bronze.raw_events.source. */
  name: string;
  /** What has been read: up to this time, or so many items of a file. */
  reached: string;
  status: string | null;
  updated_at: string;
}

/** Lists the watermarks of the pipelines, then the sources read last. */
export async function listWatermarks(pool: Pool, limit: number): Promise<WatermarkRow[]> {
  const { rows } = await pool.query<WatermarkRow>(
    `(select
        pipeline as name,
        to_char(watermark at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as reached,
        null as status,
        to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as updated_at
      from ops.pipeline_watermarks
      order by pipeline)
     union all
     (select source, fetched || ' items', status,
        to_char(files.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      from ops.source_files as files
      order by files.updated_at desc
      limit $1)`,
    [limit],
  );
  return rows;
}

/**
 * Takes a pipeline or a source back, so that the next run reads it again. Nothing is lost or doubled by it: bronze stays,
 * and what it has already is recognised.
 *
 * - silver, and gold with it: rows of silver that bronze stored later than `to` are removed, and their facts
 * - gold: facts whose silver row was processed later than `to` are removed
 * - coverage: what it has counted
 * - marts: all of them, to be counted again
 * - another pipeline, or coverage with `to`: only its watermark
 * - a source (file:NAME, gharchive:HOUR, …): what is known of it; `to` does not apply
 *
 * @param to time as PostgreSQL reads it; undefined to begin anew.
 * @returns what the next step is, in a sentence.
 * @throws UserError when there is no such pipeline or source, or while a transformer works.
 */
export async function resetWatermark(
  pool: Pool,
  name: string,
  to: string | undefined,
): Promise<string> {
  return await withTransaction(pool, async (client) => {
    const time = to === undefined ? null : await readTime(client, to);
    if (name === 'silver' || name === 'gold') {
      await lockTransformer(client);
      await client.query(`select ops.reset_${name}($1::timestamptz)`, [time]);
      return `${name === 'silver' ? 'Silver and gold are' : 'Gold is'} taken back${to === undefined ? '' : ` to ${to}`}. Build it again with: npm run transformer -- --once`;
    }
    if (name === 'coverage' && time === null) {
      await lockTransformer(client);
      await client.query('select ops.reset_coverage()');
      return 'Completeness is counted again from nothing by the next run of the transformer.';
    }
    if (name === 'marts' && time === null) {
      await lockTransformer(client);
      await client.query('select ops.reset_marts()');
      return 'The marts are counted again from the facts by the next run of the transformer, or by: npm run maintain';
    }
    if (await resetPipeline(client, name, time))
      return `The watermark of ${name} is reset; its next run reads again.`;
    if (time !== null)
      throw new UserError('--to applies to pipelines; a source is read again as a whole.');
    const { rowCount } = await client.query('delete from ops.source_files where source = $1', [
      name,
    ]);
    if (rowCount === 0) {
      throw new UserError(
        `There is no pipeline and no source "${name}". See: npm run watermarks -- show`,
      );
    }
    return `${name} counts as never read. Read it again with npm run backfill; events that bronze has are recognised.`;
  });
}

async function resetPipeline(
  client: Client,
  pipeline: string,
  time: string | null,
): Promise<boolean> {
  const known = await client.query('select from ops.pipeline_watermarks where pipeline = $1', [
    pipeline,
  ]);
  if (known.rowCount === 0) return false;
  await lockTransformer(client);
  await client.query(
    time === null
      ? 'delete from ops.pipeline_watermarks where pipeline = $1'
      : `update ops.pipeline_watermarks set watermark = least(watermark, $2), full_window_read_at = null
         where pipeline = $1`,
    time === null ? [pipeline] : [pipeline, time],
  );
  return true;
}

async function lockTransformer(client: Client): Promise<void> {
  const { rows } = await client.query<{ locked: boolean }>(
    `select pg_try_advisory_xact_lock(hashtext('assay.transformer')) as locked`,
  );
  if (rows[0]?.locked !== true) {
    throw new UserError(
      'A transformer works on this warehouse. Stop it first, and start it again afterwards.',
    );
  }
}

async function readTime(client: Client, written: string): Promise<string> {
  const { rows } = await client.query<{ time: string | null }>(
    'select bronze.readable_time($1)::text as time',
    [written],
  );
  const time = rows[0]?.time;
  if (time == null) throw new UserError(`"${written}" is no time such as 2026-01-31T07:00:00Z.`);
  return time;
}
