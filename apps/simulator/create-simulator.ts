// A GitHub that fits on a laptop: events API and hourly archive over a made-up world or over real
// events from files, with the truth of what it offered.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { answerRequest, type Parts, tokenOf } from './answer-request.ts';
import { createFailures } from './create-failures.ts';
import { createQuota } from './create-quota.ts';
import { createMadeUpSource, createReplaySource, type Source } from './create-source.ts';
import { createTruth } from './create-truth.ts';
import { listen } from './listen.ts';
import { readSettings } from './read-settings.ts';
import { sendAnswer } from './send-answer.ts';
import { serveTruth } from './serve-truth.ts';
import type { RequestRecord, Simulator, SimulatorOptions } from './simulator-types.ts';

export type { FailureKind, FailureRequest } from './create-failures.ts';
export type {
  ArchivePlan,
  FailurePlan,
  HappenedByHour,
  Identity,
  KnownNames,
  ReplayProgress,
  RequestRecord,
  Simulator,
  SimulatorOptions,
  Truth,
} from './simulator-types.ts';

const requestsKept = 1000;

/**
 * Builds a simulator; nothing listens before `start()`.
 * @throws Error that lists every option that cannot be
 */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const settings = readSettings(options);
  const { now } = settings;
  const truth = createTruth();
  const failures = createFailures(settings.seed, settings.failures);
  const requests: RequestRecord[] = [];
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => fail(response, error));
  });
  let source: Source | null = null;
  let parts: Parts | null = null;
  let url = '';

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Links must lead back the way the client came, be it localhost or a container's name.
    const asked = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
    if (asked.pathname.startsWith('/_')) return serveTruth(simulator, asked, response);
    if (parts === null) throw new Error('the simulator has not been started');
    const answer = await answerRequest(parts, request, asked);
    const outcome = await sendAnswer(response, answer, now());
    const sent = answer.kind === 'reply' && typeof outcome === 'number' ? answer.reply : null;
    record(request, asked, outcome, sent?.items.length ?? 0);
    if (sent === null) return;
    truth.countOffered(sent.items, sent.source ?? 'api');
    sent.onSent?.();
  }

  function record(
    request: IncomingMessage,
    asked: URL,
    outcome: RequestRecord['outcome'],
    items: number,
  ): void {
    truth.countRequest(String(outcome));
    if (requests.length === requestsKept) requests.shift();
    const authenticated = tokenOf(request) !== null;
    const path = asked.pathname + asked.search;
    requests.push({ at: now(), method: request.method ?? '', path, outcome, authenticated, items });
  }

  async function start({ port = 0, host = '127.0.0.1' } = {}): Promise<string> {
    const { replayFiles, epoch, suspendedTokens, pollIntervalSeconds } = settings;
    source =
      replayFiles.length > 0
        ? await createReplaySource(replayFiles)
        : createMadeUpSource(settings, epoch ?? now());
    const quota = createQuota(settings.rateLimit, now);
    const { events, archive } = source;
    parts = { failures, quota, events, archive, suspendedTokens, pollIntervalSeconds };
    url = await listen(server, port, host);
    return url;
  }

  async function stop(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    // Hanging requests would keep it open for ever.
    server.closeAllConnections();
    await closed;
    await source?.close();
  }

  const simulator: Simulator = {
    get url() {
      return url;
    },
    start,
    stop,
    truth: () => ({
      ...truth.summary(),
      happened: source?.happened() ?? { total: 0, refused: 0, byType: {} },
      replay: source?.replayProgress() ?? null,
    }),
    happenedByHour: () => source?.happenedByHour() ?? {},
    replayProgress: () => source?.replayProgress() ?? null,
    names: () => source?.names() ?? { orgs: [], repos: [], users: [] },
    failNext: failures.failNext,
    requests,
    offeredEvents: truth.offeredEvents,
    refusedItems: truth.refusedItems,
  };
  return simulator;
}

function fail(response: ServerResponse, error: unknown): void {
  // A reader that went away is no fault of ours.
  if (response.destroyed || response.headersSent) return;
  const message = error instanceof Error ? error.message : String(error);
  response.writeHead(500, { 'content-type': 'text/plain' }).end(`simulator: ${message}\n`);
}
