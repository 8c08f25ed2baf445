// The simulator's own pages: health, names, truth.
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { jsonReply, notFound } from './reply.ts';
import type { Simulator } from './simulator-types.ts';

/** Answers `/_…`. The lists are streams: they may hold millions of lines. */
export async function serveTruth(
  simulator: Simulator,
  url: URL,
  response: ServerResponse,
): Promise<void> {
  if (url.pathname === '/_truth/events') {
    const source = url.searchParams.get('source') ?? undefined;
    return sendLines(response, simulator.offeredEvents(source));
  }
  if (url.pathname === '/_truth/refused') return sendLines(response, encoded(simulator));
  const { status, headers, body } = jsonFor(simulator, url.pathname);
  response.writeHead(status, headers).end(body);
}

function jsonFor(simulator: Simulator, path: string) {
  switch (path) {
    case '/_health':
      return jsonReply(200, { status: 'ok' });
    case '/_names':
      return jsonReply(200, simulator.names());
    case '/_truth':
      return jsonReply(200, simulator.truth());
    case '/_truth/happened':
      return jsonReply(200, simulator.happenedByHour());
    case '/_requests':
      return jsonReply(200, simulator.requests);
    default:
      return notFound();
  }
}

function* encoded(simulator: Simulator): Generator<{ kind: string; raw_base64: string }> {
  for (const { kind, raw } of simulator.refusedItems()) {
    yield { kind, raw_base64: raw.toString('base64') };
  }
}

async function sendLines(response: ServerResponse, values: Iterable<unknown>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  await pipeline(Readable.from(linesOf(values)), response);
}

function* linesOf(values: Iterable<unknown>): Generator<string> {
  let batch = '';
  for (const value of values) {
    batch += `${JSON.stringify(value)}\n`;
    if (batch.length < 65_536) continue;
    yield batch;
    batch = '';
  }
  if (batch !== '') yield batch;
}
