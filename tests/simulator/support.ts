// A simulator with a clock that only the test moves, and a client that trusts nobody's parser.
import { onTestFinished } from 'vitest';
import {
  createSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../apps/simulator/create-simulator.ts';

export interface Clock {
  /** Epoch milliseconds. */
  time: number;
}

export const noon = Date.parse('2026-01-31T12:00:00Z');

/** Starts a simulator that stops with the test. Quota is no subject unless a test makes it one. */
export async function startSimulator(
  options: SimulatorOptions = {},
): Promise<{ simulator: Simulator; url: string; clock: Clock }> {
  const clock = { time: noon };
  const simulator = createSimulator({
    historyHours: 1,
    rateLimit: 1_000_000,
    now: () => clock.time,
    ...options,
  });
  onTestFinished(() => simulator.stop());
  return { simulator, url: await simulator.start(), clock };
}

export interface Page {
  status: number;
  headers: Headers;
  body: Buffer;
  /** The elements of the array, byte for byte. */
  items: Buffer[];
}

/** Asks for a path; a body that begins with a bracket is cut into its elements. */
export async function get(url: string, headers: Record<string, string> = {}): Promise<Page> {
  const response = await fetch(url, { headers });
  const body = Buffer.from(await response.arrayBuffer());
  const items = body[0] === 0x5b ? elementsOf(body) : [];
  return { status: response.status, headers: response.headers, body, items };
}

/** Walks the three pages of a timeline. */
export async function walk(url: string, path = '/events'): Promise<Buffer[]> {
  const items: Buffer[] = [];
  for (const page of [1, 2, 3]) {
    items.push(...(await get(`${url}${path}?per_page=100&page=${page}`)).items);
  }
  return items;
}

/** Cuts an array into its elements' bytes by strings, escapes and depth alone. */
export function elementsOf(array: Buffer): Buffer[] {
  const text = array.toString('latin1');
  const elements: Buffer[] = [];
  let depth = 0;
  let start = 1;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') {
      for (at += 1; text[at] !== '"'; at++) if (text[at] === '\\') at += 1;
    } else if (sign === '[' || sign === '{') depth += 1;
    else if (sign === ']' || sign === '}') depth -= 1;
    if ((sign === ',' && depth === 1) || depth === 0) {
      if (at > start) elements.push(Buffer.from(text.slice(start, at), 'latin1'));
      start = at + 1;
    }
  }
  return elements;
}

export interface Event {
  id: string;
  type: string;
  actor: { id: number; login: string; display_login: string };
  repo: { id: number; name: string };
  org?: { id: number; login: string };
  payload: Record<string, unknown>;
  created_at: string;
}

export function parse(item: Buffer): Event {
  return JSON.parse(item.toString('utf8')) as Event;
}

/** What names an event, as one string. */
export function keyOf({
  id,
  type,
  created_at,
}: Pick<Event, 'id' | 'type'> & { created_at?: string | null }): string {
  return `${id}|${type}|${created_at ?? ''}`;
}

export function keysOf(items: readonly Buffer[]): Set<string> {
  return new Set(items.map((item) => keyOf(parse(item))));
}
