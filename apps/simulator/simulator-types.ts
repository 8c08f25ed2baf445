// The contract of the simulator: what may be asked of it and what it tells.
import type { FailureKind, FailureRequest } from './create-failures.ts';

/** Responses that go wrong by themselves, at a rate, in an order that depends on the seed alone. */
export interface FailurePlan {
  /** Share of requests that fail, 0..1. */
  rate: number;
  /** What may happen to them; every quick kind when left out (not `timeout`, which hangs). */
  kinds?: FailureKind[];
  /** What `retry-after` says on a secondary limit (kinds `403` and `429`); default 60. */
  retryAfterSeconds?: number;
}

/** An archive that misses something. Hours are written as in file names: `2026-01-31-7`. */
export interface ArchivePlan {
  /** Share of the events that this archive caught, 0..1. */
  captureRate: number;
  /** Hours it answers with 404. */
  missingHours?: string[];
  /** Hours whose gzip ends in the middle. */
  truncatedHours?: string[];
  /** Hours that are a valid gzip of nothing. */
  emptyHours?: string[];
}

export interface SimulatorOptions {
  /** The whole world follows from it; default 1. */
  seed?: number;
  /** How fast the made-up public timeline moves; default 20. */
  eventsPerSecond?: number;
  /** Share of events broken or odd on purpose, 0..1; default 0. */
  badRowRate?: number;
  /** Share of events that appear 30 s to 6 h after their `created_at`; default 0.01. */
  lateRate?: number;
  /** Share of events that appear twice in the timeline; default 0.005. */
  duplicateRate?: number;
  /** What X-Poll-Interval says; default 60; 0 sends "0". */
  pollIntervalSeconds?: number;
  /** Requests an hour for everybody; when left out 5000 with an authorization header, 60 without. */
  rateLimit?: number;
  /** Tokens answered like those of a suspended account. */
  suspendedTokens?: string[];
  /** Whole hours of timeline that exist before the start, so that archive hours do; default 3. */
  historyHours?: number;
  /** Epoch milliseconds at which second 0 of the timeline lies; default the clock at `start()`. */
  epoch?: number;
  /** Archives besides the complete one, by path prefix; the prefix '' changes the complete one. */
  archives?: Record<string, ArchivePlan>;
  /** Serve the real events of these files instead of made-up ones. */
  replayFiles?: string[];
  failures?: FailurePlan;
  /** The clock, in epoch milliseconds; default Date.now. */
  now?: () => number;
}

/** Options with every default filled in. */
export interface Settings extends Required<Omit<SimulatorOptions, 'rateLimit' | 'epoch'>> {
  rateLimit: number | null;
  epoch: number | null;
}

/** What names an event: an id alone does not. `created_at` is the text as sent, null when missing. */
export interface Identity {
  id: string;
  type: string;
  created_at: string | null;
}

/**
 * One element of a timeline, byte for byte. `refused` items are those that a warehouse on
 * PostgreSQL jsonb cannot take; `odd` ones are unusual but must be taken.
 */
export type Item =
  | { verdict: 'good' | 'odd'; kind: string; raw: Buffer; identity: Identity }
  | { verdict: 'refused'; kind: string; raw: Buffer; identity: null };

export interface RequestRecord {
  /** Milliseconds of the simulator's clock. */
  at: number;
  method: string;
  /** Path and query. */
  path: string;
  /** The HTTP status, or what happened instead of a complete response. */
  outcome: number | 'timeout' | 'reset' | 'cut';
  authenticated: boolean;
  /** Items in the body, when it was completely sent. */
  items: number;
}

export interface ReplayProgress {
  /** Items of the files that were in a completely sent response at least once. */
  offered: number;
  /** Items whose page was asked for again with the ETag it had been given. */
  confirmed: number;
  total: number;
  /** Lines of the files that no JSON array can carry (torn ones); they are not in `total`. */
  skipped: number;
  finished: boolean;
}

export interface Truth {
  /** Requests by outcome ('200', '304', 'timeout', …), /_ paths left out. */
  requests: { total: number; byOutcome: Record<string, number> };
  /** Events in completely sent responses at least once, distinct by identity. */
  offered: {
    total: number;
    good: number;
    odd: number;
    byType: Record<string, number>;
    /** By source: `api`, `archive` (the complete one), `archive:PREFIX`. */
    bySource: Record<string, number>;
    /** Items sent that must be accepted, repeats counted. */
    items: number;
  };
  /** Items offered that must be refused, distinct by their bytes. */
  refused: { total: number; byKind: Record<string, number>; items: number };
  /** What the timeline held up to now, offered or not. In replay: the items of the files. */
  happened: { total: number; refused: number; byType: Record<string, number> };
  replay: ReplayProgress | null;
}

/** Events that happened, by UTC hour of `created_at` ('2026-01-31T07') or 'unreadable', and type. */
export type HappenedByHour = Record<string, Record<string, number>>;

/** Names that answer now, the most active first. */
export interface KnownNames {
  orgs: string[];
  repos: string[];
  users: string[];
}

export interface Simulator {
  /** Where it listens; '' before `start()`. */
  readonly url: string;
  /** Listens (127.0.0.1 and a free port by default) and gives the url. */
  start(options?: { port?: number; host?: string }): Promise<string>;
  /** Ends every connection, hanging ones too. May be called twice. */
  stop(): Promise<void>;
  truth(): Truth;
  happenedByHour(): HappenedByHour;
  replayProgress(): ReplayProgress | null;
  names(): KnownNames;
  /** Makes the next matching request fail; several calls queue up. */
  failNext(failure: FailureRequest): void;
  /** The last 1,000 requests, oldest first, /_ paths left out. */
  readonly requests: readonly RequestRecord[];
  /** Identities offered, each once; from one source when given. */
  offeredEvents(source?: string): IterableIterator<Identity>;
  refusedItems(): IterableIterator<{ kind: string; raw: Buffer }>;
}
