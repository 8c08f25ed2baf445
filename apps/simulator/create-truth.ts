// Keeps what was offered, to hold a warehouse against it afterwards.
import type { Identity, Item, Truth } from './simulator-types.ts';

export interface TruthLedger {
  /** Counts a finished request by its outcome. */
  countRequest(outcome: string): void;
  /** Counts the items of a response that was completely sent. */
  countOffered(items: readonly Item[], source: string): void;
  offeredEvents(source?: string): IterableIterator<Identity>;
  refusedItems(): IterableIterator<{ kind: string; raw: Buffer }>;
  summary(): Pick<Truth, 'requests' | 'offered' | 'refused'>;
}

// Of an identity one number is kept, with a bit for each source that offered it.
const mostSources = 30;

/** Builds an empty ledger. */
export function createTruth(): TruthLedger {
  const outcomes = new Map<string, number>();
  const sources: string[] = [];
  const offered = new Map<string, number>();
  // Keyed by the bytes, one character each.
  const refused = new Map<string, string>();
  // Counted as they come, for the summary is asked for every second while there may be millions.
  const byType: Record<string, number> = {};
  const bySource: Record<string, number> = {};
  const byKind: Record<string, number> = {};
  let oddCount = 0;
  let offeredItems = 0;
  let refusedItemCount = 0;

  function bitOf(source: string): number {
    if (!sources.includes(source)) {
      if (sources.length === mostSources) throw new Error(`more than ${mostSources} sources`);
      sources.push(source);
      bySource[source] = 0;
    }
    return 1 << sources.indexOf(source);
  }

  function countOffered(items: readonly Item[], source: string): void {
    const bit = bitOf(source);
    for (const item of items) {
      if (item.verdict === 'refused') {
        refusedItemCount += 1;
        const bytes = item.raw.toString('latin1');
        if (!refused.has(bytes)) add(byKind, item.kind);
        refused.set(bytes, item.kind);
        continue;
      }
      offeredItems += 1;
      const { id, type, created_at } = item.identity;
      const key = JSON.stringify([id, type, created_at]);
      const before = offered.get(key) ?? 0;
      if (before === 0) {
        add(byType, type);
        if (item.verdict === 'odd') oddCount += 1;
      }
      if ((before & bit) === 0) add(bySource, source);
      offered.set(key, before | bit);
    }
  }

  function* offeredEvents(source?: string): IterableIterator<Identity> {
    const place = source === undefined ? -1 : sources.indexOf(source);
    if (source !== undefined && place === -1) return;
    for (const [key, bits] of offered) {
      if (place === -1 || (bits & (1 << place)) !== 0) yield identityOf(key);
    }
  }

  function* refusedItems(): IterableIterator<{ kind: string; raw: Buffer }> {
    for (const [raw, kind] of refused) yield { kind, raw: Buffer.from(raw, 'latin1') };
  }

  function summary(): Pick<Truth, 'requests' | 'offered' | 'refused'> {
    const total = offered.size;
    return {
      requests: {
        total: [...outcomes.values()].reduce((sum, count) => sum + count, 0),
        byOutcome: Object.fromEntries(outcomes),
      },
      offered: {
        total,
        good: total - oddCount,
        odd: oddCount,
        byType: { ...byType },
        bySource: { ...bySource },
        items: offeredItems,
      },
      refused: { total: refused.size, byKind: { ...byKind }, items: refusedItemCount },
    };
  }

  return {
    countRequest: (outcome) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1),
    countOffered,
    offeredEvents,
    refusedItems,
    summary,
  };
}

function identityOf(key: string): Identity {
  const [id, type, created_at] = JSON.parse(key) as [string, string, string | null];
  return { id, type, created_at };
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
