import pg from 'pg';
import pino from 'pino';
import { loadConfig } from '../../apps/shared/config.ts';
import type { Step } from '../../apps/transformer/pipeline-run.ts';
import { transform } from '../../apps/transformer/transform.ts';

/** How long each pipeline took, as ops.pipeline_runs has it. */
export interface Transformed {
  silver: PipelineTime;
  gold: PipelineTime;
  coverage: PipelineTime;
}

export interface PipelineTime {
  ms: number;
  /** Rows new in its target. */
  rows: number;
  steps: Step[];
}

/** What is not set has its default, as in a warehouse that nobody has configured. */
const DEFAULTS = { ...loadConfig({}), maxRetries: 0 };

/** Runs the transformer once on a warehouse, with its default settings. */
export async function transformOnce(
  connectionString: string,
  signal: AbortSignal,
  settings: Partial<typeof DEFAULTS> = {},
): Promise<Transformed> {
  const client = new pg.Client({ connectionString, application_name: 'assay transformer' });
  client.on('error', () => {});
  await client.connect();
  const log = pino({ level: 'silent' });
  try {
    await transform({
      client,
      config: { ...DEFAULTS, ...settings },
      logs: { layer: () => log },
      signal,
      connect: async () => {
        const second = new pg.Client({ connectionString });
        second.on('error', () => {});
        await second.connect();
        return second;
      },
    });
    const { rows } = await client.query<PipelineTime & { pipeline: keyof Transformed }>(
      `select distinct on (pipeline) pipeline, duration_ms::float8 as ms, rows_out::float8 as rows, steps
       from ops.pipeline_runs where pipeline in ('silver', 'gold', 'coverage')
       order by pipeline, run_id desc`,
    );
    const found = new Map(rows.map((row) => [row.pipeline, row]));
    const of = (pipeline: keyof Transformed): PipelineTime => {
      const run = found.get(pipeline);
      if (run === undefined) throw new Error(`The transformer entered no run of ${pipeline}.`);
      return { ms: run.ms, rows: run.rows, steps: run.steps };
    };
    return { silver: of('silver'), gold: of('gold'), coverage: of('coverage') };
  } finally {
    await client.end();
  }
}
