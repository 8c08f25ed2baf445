// Tells from an item's bytes alone whether a warehouse on PostgreSQL jsonb can take it.
import type { Identity, Item } from '../simulator-types.ts';

// PostgreSQL 18 with its default stack takes 10,000 levels and refuses 20,000; real events have 20.
const deepest = 10_000;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Gives the item with its verdict and, when it is acceptable, its identity. */
export function classifyItem(raw: Buffer): Item {
  const refused = (kind: string): Item => ({ verdict: 'refused', kind, raw, identity: null });
  let text: string;
  try {
    text = decoder.decode(raw);
  } catch {
    return refused('bad_utf8');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused(raw.includes(0) ? 'raw_nul' : 'not_json');
  }
  const flaw = flawIn(value, text);
  if (flaw !== null) return refused(flaw);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused('not_an_object');
  }
  const event = value as Record<string, unknown>;
  const id = nameFrom(event.id);
  const type = nameFrom(event.type);
  if (id === null) return refused('missing_id');
  if (type === null) return refused('missing_type');
  const created = event.created_at;
  const identity: Identity = { id, type, created_at: nameFrom(created) };
  const usual = typeof created === 'string' && !Number.isNaN(Date.parse(created));
  const parts = [event.actor, event.repo, event.payload];
  const whole = parts.every((part) => typeof part === 'object' && part !== null);
  const verdict = usual && whole ? 'good' : 'odd';
  return { verdict, kind: verdict, raw, identity };
}

// The text of a string or number that may name something; null for all else.
function nameFrom(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

// What JavaScript's JSON takes and PostgreSQL's does not.
function flawIn(value: unknown, text: string): string | null {
  // Without these there is nothing to look for, which is the case for nearly all items.
  const hasDoubtful = /\\u0000|\\u[dD][89a-fA-F]|\d[eE][-+]?\d{5}|[[{]{20}|\d{1000}/.test(text);
  if (!hasDoubtful && text.length < 2 * deepest) return null;
  if (hasHugeNumber(text)) return 'huge_number';
  // By hand instead of by recursion: the depth may be any.
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value: part, depth } = next;
    if (typeof part === 'string') {
      if (part.includes('\0')) return 'nul_escape';
      if (/\p{Surrogate}/u.test(part)) return 'lone_surrogate';
    }
    if (typeof part !== 'object' || part === null) continue;
    if (depth === deepest) return 'too_deep';
    for (const [name, child] of Object.entries(part)) {
      open.push({ value: name, depth }, { value: child, depth: depth + 1 });
    }
  }
  return null;
}

// numeric holds 131,072 digits before the point and 16,383 after it.
function hasHugeNumber(text: string): boolean {
  const outside = text.replaceAll(/"[^"\\]*(?:\\.[^"\\]*)*"/g, '""');
  for (const [, digits = '', fraction = '', power = '0'] of outside.matchAll(
    /(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?/g,
  )) {
    const exponent = Number(power);
    const isZero = !/[1-9]/.test(digits + fraction);
    if (!isZero && digits.replace(/^0+/, '').length + exponent > 131_072) return true;
    if (fraction.length - exponent > 16_383) return true;
  }
  return false;
}
