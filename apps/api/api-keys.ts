import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Tells which of the keys a request brings. */
export interface ApiKeys {
  /** Whether requests need a key. */
  readonly areNeeded: boolean;
  /** The number of the key the request brings; undefined when it brings none that is known. */
  find: (headers: IncomingHttpHeaders) => number | undefined;
}

/**
 * Compares keys by their hashes, all of them each time: how long it takes says nothing of how much of a key was right.
 *
 * @param keys none: requests need none.
 */
export function createApiKeys(keys: readonly string[]): ApiKeys {
  const known = keys.map(hash);
  return {
    areNeeded: keys.length > 0,
    find: (headers) => {
      const given = keyIn(headers);
      if (given === undefined) return undefined;
      const given256 = hash(given);
      let found: number | undefined;
      for (const [index, key] of known.entries()) {
        if (timingSafeEqual(key, given256)) found = index;
      }
      return found;
    },
  };
}

/** `Authorization: Bearer KEY` or `X-API-Key: KEY`. */
function keyIn(headers: IncomingHttpHeaders): string | undefined {
  const own = headers['x-api-key'];
  if (typeof own === 'string') return own;
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}

function hash(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
