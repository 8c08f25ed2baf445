// Requests an hour, for each token and for all without one.

export interface Quota {
  /** Whether the caller has nothing left. */
  isExhausted(token: string | null): boolean;
  /** Counts a request. */
  spend(token: string | null): void;
  /** The x-ratelimit headers as they are now. */
  headers(token: string | null): Record<string, string>;
}

interface Window {
  used: number;
  /** Epoch seconds. */
  resetsAt: number;
}

/**
 * Builds the accounts.
 * @param rateLimit requests an hour for everybody, or null for GitHub's 5000 with a token and 60
 * without
 * @param now epoch milliseconds
 */
export function createQuota(rateLimit: number | null, now: () => number): Quota {
  const windows = new Map<string, Window>();

  function windowOf(token: string | null): Window {
    const key = token ?? '';
    const seconds = Math.floor(now() / 1000);
    const current = windows.get(key);
    // An hour counts from the first request in it.
    if (current !== undefined && seconds < current.resetsAt) return current;
    const fresh = { used: 0, resetsAt: seconds + 3600 };
    windows.set(key, fresh);
    return fresh;
  }

  function limitOf(token: string | null): number {
    return rateLimit ?? (token === null ? 60 : 5000);
  }

  function headers(token: string | null): Record<string, string> {
    const { used, resetsAt } = windowOf(token);
    const limit = limitOf(token);
    return {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, limit - used)),
      'x-ratelimit-used': String(used),
      'x-ratelimit-reset': String(resetsAt),
      'x-ratelimit-resource': 'core',
    };
  }

  return {
    isExhausted: (token) => windowOf(token).used >= limitOf(token),
    spend: (token) => {
      windowOf(token).used += 1;
    },
    headers,
  };
}
