import type { z } from 'zod';
import { messageOf, UserError } from '../../apps/shared/errors.ts';

const ANSWER_MS = 60_000;
const SHOWN_LENGTH = 300;

export interface MetabaseClientOptions {
  /** Without a slash at the end. */
  url: string;
  /** Blanks out secrets: Metabase quotes what it refuses. */
  redact: (text: string) => string;
  signal: AbortSignal;
}

/** Metabase's REST API, below `/api`. */
export interface MetabaseClient {
  /**
   * Sends a request and reads its JSON answer.
   *
   * @param path such as `/database`.
   * @param answer what of the answer is needed; other fields are left out.
   * @throws UserError when Metabase cannot be reached, refuses the request or answers with something else.
   */
  request: <S extends z.ZodType>(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    answer: S,
    body?: unknown,
  ) => Promise<z.output<S>>;
  /** Signs all further requests with a session. */
  useSession: (id: string) => void;
}

/** A refusal of Metabase, with its status: some have a meaning to who asked. */
export class MetabaseRefusal extends UserError {
  override name = 'MetabaseRefusal';
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** Opens the API of a Metabase. Nothing is sent yet. */
export function createMetabaseClient(options: MetabaseClientOptions): MetabaseClient {
  const { url, redact, signal } = options;
  let session: string | undefined;
  return {
    useSession: (id) => {
      session = id;
    },
    request: async (method, path, answer, body) => {
      const what = `${method} ${url}/api${path}`;
      let response: Response;
      let text: string;
      try {
        response = await fetch(`${url}/api${path}`, {
          method,
          // A redirect would carry the session, or the password, to where nobody sent it.
          redirect: 'manual',
          headers: {
            accept: 'application/json',
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...(session === undefined ? {} : { 'x-metabase-session': session }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
        });
        text = await response.text();
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw new UserError(`Metabase cannot be reached: ${redact(what)}: ${messageOf(error)}`);
      }
      const shown = redact(text.replace(/\s+/g, ' ')).slice(0, SHOWN_LENGTH) || 'nothing more';
      if (!response.ok)
        throw new MetabaseRefusal(
          `Metabase answered ${response.status} to ${redact(what)}: ${shown}`,
          response.status,
        );
      const parsed = answer.safeParse(parseJson(text));
      if (!parsed.success)
        throw new UserError(
          `Metabase answered ${redact(what)} with something else than expected; docs/bi.md says which version this is made for. The answer: ${shown}`,
        );
      return parsed.data;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
