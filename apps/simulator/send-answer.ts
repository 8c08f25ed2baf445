// Sends an answer and says what became of it.
import type { ServerResponse } from 'node:http';
import type { Answer } from './answer-request.ts';
import type { Reply } from './reply.ts';
import type { RequestRecord } from './simulator-types.ts';

/**
 * Sends an answer; resolves when the connection is done with it, for `timeout` at once.
 * @param date what the Date header says, epoch milliseconds
 */
export function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  date: number,
): Promise<RequestRecord['outcome']> {
  if (answer.kind === 'timeout') return Promise.resolve('timeout');
  if (answer.kind === 'reset') {
    response.socket?.resetAndDestroy();
    return Promise.resolve('reset');
  }
  const { kind, reply } = answer;
  writeHead(response, reply, date);
  return kind === 'cut' ? sendHalf(response, reply) : sendAll(response, reply);
}

function writeHead(response: ServerResponse, reply: Reply, date: number): void {
  // The injected clock, not the machine's.
  response.sendDate = false;
  const length = reply.status === 304 ? {} : { 'content-length': String(reply.body.length) };
  // The name by which a warehouse tells made-up events from real ones.
  const own = { server: 'assay-simulator', date: new Date(date).toUTCString() };
  response.writeHead(reply.status, { ...own, ...reply.headers, ...length });
}

// 'close' comes after the last byte was given to the system, or when the connection broke.
function sendAll(response: ServerResponse, reply: Reply): Promise<RequestRecord['outcome']> {
  return new Promise((resolve) => {
    response.once('close', () => resolve(response.writableFinished ? reply.status : 'reset'));
    response.end(reply.body);
  });
}

function sendHalf(response: ServerResponse, reply: Reply): Promise<RequestRecord['outcome']> {
  const half = reply.body.subarray(0, Math.floor(reply.body.length / 2));
  return new Promise((resolve) => {
    response.once('close', () => resolve('cut'));
    response.write(half, () => response.socket?.destroy());
  });
}
