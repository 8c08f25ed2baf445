// Breaks or bends an event in one named way. Works on text and bytes: no serializer would write
// most of these.
import { apiUrl } from './payloads/scene.ts';
import type { EventBody } from './render-event.ts';
import type { Identity, Item } from './simulator-types.ts';
import { isRefused, type OddKind, type RefusedKind, unknownType } from './spoilt-kinds.ts';

// Stands in a body where raw bytes go that JSON.stringify would not write.
const mark = '@@raw@@';

const badBytes = [
  [0xff],
  [0xc3, 0x28],
  [0xed, 0xa0, 0x80],
  [0xe2, 0x82],
  [0xf5, 0x80, 0x80, 0x80],
  [0xc0, 0xaf],
];

/**
 * Writes an event so that it shows the kind. The bytes of two events differ also where little of
 * them is left (`bare_number`), for the truth counts refused items by their bytes.
 */
export function spoilEvent(body: EventBody, kind: RefusedKind | OddKind, ordinal: number): Item {
  if (isRefused(kind)) {
    return { verdict: 'refused', kind, raw: refuse(body, kind, ordinal), identity: null };
  }
  const identity: Identity = { id: body.id, type: body.type, created_at: body.created_at };
  const raw = bend(body, kind, ordinal, identity);
  return { verdict: 'odd', kind, raw, identity };
}

function refuse(body: EventBody, kind: RefusedKind, ordinal: number): Buffer {
  const variant = Math.abs(ordinal);
  switch (kind) {
    case 'nul_escape':
      return withRaw(body, 'message', '"before \\u0000 after"');
    case 'lone_surrogate': {
      const halves = ['\\ud83d alone', '\\ude00 alone', '\\ude00\\ud83d swapped', 'cut \\uD83D'];
      return withRaw(body, 'message', `"${halves[variant % 4]}"`);
    }
    case 'huge_number':
      return withRaw(body, 'size', variant % 2 === 0 ? '1e400000' : '-1E+400000');
    case 'too_deep':
      return withRaw(body, 'tree', '['.repeat(20_000) + ']'.repeat(20_000));
    case 'raw_nul':
      return withRaw(body, 'message', Buffer.from('"before \0 after"'));
    case 'bad_utf8': {
      const bytes = Buffer.from(badBytes[variant % badBytes.length] as number[]);
      return withRaw(body, 'message', Buffer.concat([Buffer.from('"before '), bytes, quote]));
    }
    case 'missing_id':
      return written({ ...body, id: undefined });
    case 'missing_type':
      return written({ ...body, type: undefined });
    case 'null_id':
      return written({ ...body, id: null });
    case 'empty_id':
      return written({ ...body, id: '' });
    case 'empty_type':
      return written({ ...body, type: '' });
    case 'object_id':
      return written({ ...body, id: { value: body.id } });
    case 'bare_string':
      return written(`event ${body.id} [lost its braces}`);
    case 'bare_number':
      return written(Number(body.id));
  }
}

// Writes odd events; where the oddity is in the identity, the identity follows.
function bend(body: EventBody, kind: OddKind, ordinal: number, identity: Identity): Buffer {
  const { actor, repo } = body as unknown as Record<string, Record<string, unknown>>;
  switch (kind) {
    case 'created_at_missing':
      identity.created_at = null;
      return written({ ...body, created_at: undefined });
    case 'created_at_text':
      identity.created_at = 'not a date';
      return written({ ...body, created_at: identity.created_at });
    case 'created_at_month_13':
      identity.created_at = body.created_at.replace(/-\d\d-/, '-13-');
      return written({ ...body, created_at: identity.created_at });
    case 'actor_missing':
      return written({ ...body, actor: undefined });
    case 'repo_missing':
      return written({ ...body, repo: undefined });
    case 'payload_missing':
      return written({ ...body, payload: undefined });
    case 'payload_not_object':
      return written({ ...body, payload: ['text', [1, 2], null][Math.abs(ordinal) % 3] });
    case 'unknown_type':
      identity.type = unknownType;
      return written({ ...body, type: unknownType });
    case 'actor_id_twenty_digits':
      return around({ ...body, actor: { ...actor, id: mark } }, '18446744073709551616');
    case 'negative_repo_id':
      return written({ ...body, repo: { ...repo, id: -Number(repo?.id) } });
    case 'text_id':
      identity.id = `evt-${body.id}`;
      return written({ ...body, id: identity.id });
    case 'number_id':
      return around({ ...body, id: mark }, body.id);
    case 'number_above_2_53':
      return withRaw(body, 'push_id', '9007199254740993');
    case 'extra_fields':
      return written({ ...body, performed_via: { app: 'otter', url: apiUrl }, constructor: [0] });
    case 'escaped_backslash':
      return withRaw(body, 'message', '"valid: \\\\u0000 and \\\\ud800"');
    case 'surrogate_pair':
      return withRaw(body, 'message', '"valid: \\ud83d\\ude00 \\u00e9"');
  }
}

const quote = Buffer.from('"');

function written(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function withRaw(body: EventBody, field: string, raw: string | Buffer): Buffer {
  return around({ ...body, payload: { ...body.payload, [field]: mark } }, raw);
}

// Writes the value with raw bytes in place of the marked string and its quotes.
function around(value: unknown, raw: string | Buffer): Buffer {
  const [before = '', after = ''] = JSON.stringify(value).split(`"${mark}"`);
  return Buffer.concat([Buffer.from(before), Buffer.from(raw), Buffer.from(after)]);
}
