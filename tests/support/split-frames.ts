/** One message of PostgreSQL's protocol, as it came. */
export interface Frame {
  /** Its type, such as Q or C; empty for the untyped ones that a client begins with. */
  type: string;
  /** What follows type and length. */
  body: Buffer;
  bytes: Buffer;
}

/**
 * Makes a function that takes what a socket reads and gives the messages that are whole by then.
 *
 * @param isUntyped whether the next message has no type, as those have that a client begins with.
 */
export function createFrameSplitter(
  isUntyped: () => boolean = () => false,
): (chunk: Buffer) => Iterable<Frame> {
  let rest: Buffer = Buffer.alloc(0);
  return function* (chunk) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const lengthAt = isUntyped() ? 0 : 1;
      if (rest.length < lengthAt + 4) return;
      const end = lengthAt + rest.readUInt32BE(lengthAt);
      if (rest.length < end) return;
      const bytes = rest.subarray(0, end);
      rest = rest.subarray(end);
      yield {
        type: lengthAt === 0 ? '' : String.fromCharCode(bytes[0] ?? 0),
        body: bytes.subarray(lengthAt + 4),
        bytes,
      };
    }
  };
}

/** The statement that a client's message carries, if it does: of a simple query, or of one with parameters. */
export function statementOf({ type, body }: Frame): string | undefined {
  if (type === 'Q') return text(body, 0);
  // Parse: the name of the statement, then its text.
  if (type === 'P') return text(body, body.indexOf(0) + 1);
  return undefined;
}

/** What a server says of a statement it has done, such as COMMIT or INSERT 0 1. */
export function commandTagOf({ type, body }: Frame): string | undefined {
  return type === 'C' ? text(body, 0) : undefined;
}

/** The parameters of the message that begins a session; undefined when it is another one. */
export function startupParametersOf({ body }: Frame): Map<string, string> | undefined {
  // Protocol 3.0; requests for TLS and for cancelling have other numbers here.
  if (body.readUInt16BE(0) !== 3) return undefined;
  const words = body.subarray(4).toString('utf8').split('\0');
  const parameters = new Map<string, string>();
  for (let at = 0; at + 1 < words.length; at += 2)
    parameters.set(words[at] ?? '', words[at + 1] ?? '');
  return parameters;
}

function text(body: Buffer, from: number): string {
  return body.toString('utf8', from, body.indexOf(0, from));
}
