import { type Origin, originOf } from '../../shared/claim-origin.ts';
import { decodeUrlPart } from '../../shared/decode-url-part.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { retry } from '../../shared/retry.ts';
import { type Spooled, spool } from './spool.ts';

export type Download =
  | { kind: 'file'; file: Spooled; etag: string | null; origin: Origin }
  | { kind: 'missing' }
  | { kind: 'not-modified' }
  | { kind: 'failed'; error: string };

export interface DownloadOptions {
  /** Of the version that is loaded: it is not sent again. */
  etag: string | null;
  /** Further attempts after one that failed for a passing reason. */
  maxRetries: number;
  log: Logger;
  signal: AbortSignal;
}

/** A server that sends nothing for so long has forgotten us. */
const SILENCE_MS = 60_000;
/** Answers that may be another one the next time. */
const PASSING = new Set([408, 425, 429]);

class PassingFailure extends Error {
  override name = 'PassingFailure';
}

/**
 * Downloads an archive file whole before anything of it is loaded: that way a connection that breaks is not taken for a
 * file that ends, and no server waits for our database.
 *
 * @throws the signal's reason when it aborts.
 */
export async function downloadHour(url: string, options: DownloadOptions): Promise<Download> {
  const { maxRetries, log, signal } = options;
  try {
    return await retry(() => request(url, options), {
      retries: maxRetries,
      isWorthRetrying: (error) => error instanceof PassingFailure,
      signal,
      onRetry: (error, _attempt, pauseMs) =>
        log.warn(
          `${withoutCredentials(url)}: ${messageOf(error)}; trying again in ${(pauseMs / 1000).toFixed(1)} s`,
        ),
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PassingFailure) return { kind: 'failed', error: messageOf(error) };
    throw error;
  }
}

async function request(url: string, { etag, signal }: DownloadOptions): Promise<Download> {
  const silence = createSilenceTimer(signal);
  try {
    const response = await fetch(withoutCredentials(url), {
      signal: silence.signal,
      // Unpacking is ours: what a broken file holds would be lost otherwise.
      headers: {
        'accept-encoding': 'identity',
        'user-agent': 'assay',
        ...(etag === null ? {} : { 'if-none-match': etag }),
        ...credentialsOf(url),
      },
    });
    if (response.status === 200 && response.body !== null) return await receive(response, silence);
    await response.body?.cancel();
    if (response.status === 304) return { kind: 'not-modified' };
    if (response.status === 404 || response.status === 410) return { kind: 'missing' };
    const error = `the archive answered HTTP ${response.status}`;
    if (response.status >= 500 || PASSING.has(response.status)) throw new PassingFailure(error);
    return { kind: 'failed', error };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PassingFailure || isLocal(error)) throw error;
    throw new PassingFailure(messageOf(error), { cause: error });
  } finally {
    silence.stop();
  }
}

async function receive(response: Response, silence: SilenceTimer): Promise<Download> {
  async function* body(): AsyncGenerator<Uint8Array> {
    for await (const block of response.body ?? []) {
      silence.heard();
      yield block;
    }
  }
  const file = await spool(body());
  const announced = Number(response.headers.get('content-length') ?? file.sizeBytes);
  if (announced !== file.sizeBytes && response.headers.get('content-encoding') === null) {
    await file.close();
    throw new PassingFailure(`${file.sizeBytes} bytes of ${announced} came`);
  }
  const { headers } = response;
  return { kind: 'file', file, etag: headers.get('etag'), origin: originOf(headers.get('server')) };
}

interface SilenceTimer {
  signal: AbortSignal;
  heard: () => void;
  stop: () => void;
}

/** Aborts when nothing is heard for a while, or when the other signal does. */
function createSilenceTimer(signal: AbortSignal): SilenceTimer {
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  const timer = setTimeout(
    () => controller.abort(new Error(`nothing came for ${SILENCE_MS / 1000} s`)),
    SILENCE_MS,
  );
  return {
    signal: controller.signal,
    heard: () => timer.refresh(),
    stop: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    },
  };
}

/** A full disk is no fault of the network. */
function isLocal(error: unknown): boolean {
  return ['ENOSPC', 'EACCES', 'EROFS', 'EMFILE'].includes((error as { code?: string }).code ?? '');
}

/** As it may be shown and stored. */
export function withoutCredentials(url: string): string {
  const { href, username, password } = new URL(url);
  return username === '' && password === '' ? url : href.replace(/\/\/[^@/]*@/, '//');
}

/** fetch refuses a URL that carries them. */
function credentialsOf(url: string): Record<string, string> {
  const { username, password } = new URL(url);
  if (username === '' && password === '') return {};
  const pair = `${decodeUrlPart(username)}:${decodeUrlPart(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
