// An answer before it is sent.
import type { Item } from './simulator-types.ts';

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** What the body offers; counts only when all of it was sent. */
  items: readonly Item[];
  /** Where the items come from, as the truth counts them. */
  source?: string;
  /** Called when all of it was sent. */
  onSent?: () => void;
}

/** An answer in JSON that offers nothing. */
export function jsonReply(
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): Reply {
  const body = Buffer.from(JSON.stringify(value));
  const type = 'application/json; charset=utf-8';
  return { status, headers: { 'content-type': type, ...headers }, body, items: [] };
}

/** GitHub's answer for what it does not know. */
export function notFound(): Reply {
  return jsonReply(404, {
    message: 'Not Found',
    documentation_url: 'https://docs.github.com/rest',
  });
}
