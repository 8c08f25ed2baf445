/** An answer as it goes over the wire. */
export type Body = Buffer;

export interface ResponseCache {
  /**
   * The answer under a key: one that is young enough, or that is being made, or else a new one.
   *
   * @throws what `make` throws; a failure is kept for nobody.
   */
  get: (key: string, freshMs: number, make: () => Promise<Body>) => Promise<Body>;
}

interface Entry {
  body: Promise<Body>;
  expiresAt: number;
  bytes: number;
}

/**
 * Keeps answers for a moment, so that many who ask the same at the same time cost one query.
 *
 * @param maxBytes of answers; the oldest go first.
 */
export function createResponseCache(maxBytes: number, now: () => number = Date.now): ResponseCache {
  const entries = new Map<string, Entry>();
  let total = 0;

  function remove(key: string, entry: Entry): void {
    if (entries.get(key) !== entry) return;
    entries.delete(key);
    total -= entry.bytes;
  }

  async function make(key: string, freshMs: number, work: () => Promise<Body>): Promise<Body> {
    const entry: Entry = { body: work(), expiresAt: Number.POSITIVE_INFINITY, bytes: 0 };
    entries.set(key, entry);
    try {
      const body = await entry.body;
      entry.expiresAt = now() + freshMs;
      entry.bytes = body.length + key.length;
      total += entry.bytes;
      // In the order in which they came: whoever is first has been there longest.
      for (const [oldKey, old] of entries) {
        if (total <= maxBytes) break;
        if (old.bytes > 0) remove(oldKey, old);
      }
      return body;
    } catch (error) {
      remove(key, entry);
      throw error;
    }
  }

  return {
    get: (key, freshMs, work) => {
      const known = entries.get(key);
      if (known !== undefined) {
        if (now() < known.expiresAt) return known.body;
        remove(key, known);
      }
      return make(key, freshMs, work);
    },
  };
}
