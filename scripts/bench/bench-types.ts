// What the parts of the benchmark are given, and what they give.
import type { Pool } from '../../apps/shared/database.ts';
import type { Payloads } from './make-events.ts';
import type { BenchData } from './write-data.ts';

/** How much is measured. */
export interface Sizes {
  /** Events of the files. */
  events: number;
  /** What they carry. Batches as the listener stores them are always of trimmed ones: GitHub sends no others. */
  payloads: Payloads;
  /** Events that the ways of storing small batches are measured on. */
  liveEvents: number;
  /** How often what is compared is repeated; the median counts. */
  rounds: number;
  /** Events of history behind which the next ones are brought in, fewest first. */
  histories: readonly number[];
  /** Events brought in behind each history. */
  nextEvents: number;
  /** Walks of the listener: a day has 1,440. */
  listenerWalks: number;
  /** Seconds for which the API is asked. */
  loadSeconds: number;
}

/** One thing measured. What does not apply is null. */
export interface Figure {
  part: string;
  way: string;
  /** The median of `runsMs`. */
  ms: number;
  runsMs: readonly number[];
  /** Events that one run handled, and their JSON in bytes. */
  events: number | null;
  bytes: number | null;
  /** Rows counted in the database afterwards. */
  rows: number | null;
  /** Events a second, divided by those of COPY into a bare jsonb table. */
  ratio: number | null;
  /** What `ratio` has to be at least, where that is a target. */
  targetRatio: number | null;
  /** Most memory of the Node.js process that did the work, where it had one of its own; PostgreSQL's is not in it. */
  peakBytes: number | null;
  note: string | null;
  /** Milliseconds that answers took, where many were waited for at once. */
  latency: Latency | null;
}

export interface Latency {
  requests: number;
  requestsPerSecond: number;
  p50: number;
  p95: number;
  p99: number;
}

/** A target, and whether it was met. */
export interface Verdict {
  part: string;
  what: string;
  measured: string;
  target: string;
  isMet: boolean;
}

export interface PartResult {
  figures: Figure[];
  verdicts: Verdict[];
}

export interface Part {
  name: string;
  /** What it measures, for `--list`. */
  about: string;
  run: (bench: Bench) => Promise<PartResult>;
}

/** A database of one part, dropped when it is done with. */
export interface BenchDatabase {
  pool: Pool;
  connectionString: string;
  drop: () => Promise<void>;
}

/** What a part works with. */
export interface Bench {
  sizes: Sizes;
  seed: number;
  signal: AbortSignal;
  /** A folder for files of a part; removed at the end. */
  workDir: string;
  /** The files, written when they are first asked for. */
  data: () => Promise<BenchData>;
  /** A new database: empty, or an empty warehouse. */
  emptyDatabase: () => Promise<BenchDatabase>;
  warehouse: () => Promise<BenchDatabase>;
  /** Milliseconds that COPY of the files' JSON into a bare jsonb table takes; measured when it is first asked for. */
  floorMs: () => Promise<number>;
  progress: (text: string) => void;
}
