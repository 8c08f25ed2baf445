// The paths of the events API.

export type FeedPath =
  | { kind: 'public' }
  | { kind: 'org' | 'user' | 'repo'; name: string }
  | { kind: 'repo-id'; id: number };

/** Reads which feed a path names; null when it names none. */
export function matchPath(path: string): FeedPath | null {
  const parts = path.split('/').slice(1).map(decode);
  if (parts.at(-1) !== 'events') return null;
  const [room, first = '', second = ''] = parts;
  if (parts.length === 1) return { kind: 'public' };
  if (parts.length === 3 && room === 'orgs') return { kind: 'org', name: first };
  if (parts.length === 3 && room === 'users') return { kind: 'user', name: first };
  if (parts.length === 4 && room === 'repos') return { kind: 'repo', name: `${first}/${second}` };
  if (parts.length === 3 && room === 'repositories' && /^\d{1,15}$/.test(first)) {
    return { kind: 'repo-id', id: Number(first) };
  }
  return null;
}

// Logins of bots hold brackets, which clients may or may not encode.
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
