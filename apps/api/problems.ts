import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { codeOf, isTransient, messageOf } from '../shared/errors.ts';
import type { Problem } from './schemas/problem.ts';

/** Thrown by a route to answer with a problem. */
export class ProblemError extends Error {
  override name = 'ProblemError';
  readonly problem: Problem;
  /** Seconds after which another try may succeed. */
  readonly retryAfter: number | undefined;
  constructor(problem: Problem, retryAfter?: number) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** SQLSTATE query_canceled: the statement took longer than it may. */
const QUERY_CANCELED = '57014';
/** SQLSTATEs of a database, schema, table, column or function that is not there. */
const NOT_INSTALLED = new Set(['3D000', '3F000', '42P01', '42703', '42883']);
/** SQLSTATEs of a user that may not log in, or not read. */
const NOT_ALLOWED = new Set(['28000', '28P01', '42501']);
const RETRY_SECONDS = 5;

/** A problem of the kind that its status says. */
export function statusProblem(status: number, detail?: string): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    ...(detail === undefined ? {} : { detail }),
  };
}

export function notFound(detail: string): ProblemError {
  return new ProblemError(statusProblem(404, detail));
}

export function invalidParameter(parameter: string, detail: string): ProblemError {
  return new ProblemError({
    ...statusProblem(400, 'A parameter was refused; errors says why.'),
    errors: [{ parameter, detail }],
  });
}

/** Answers with a problem. What went wrong inside is in the log, never in the answer. */
export function sendError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const described = describe(error);
  const { status } = described.problem;
  // While the database is away, a line a request is enough.
  if (status === 503) request.log.warn(`answered 503 to ${request.url}: ${messageOf(error)}`);
  else if (status >= 500)
    request.log.error({ err: error, url: request.url }, `answered ${status}: ${error.message}`);
  if (described.retryAfter !== undefined) reply.header('retry-after', described.retryAfter);
  return sendProblem(reply, described.problem);
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problem);
}

function describe(error: FastifyError): { problem: Problem; retryAfter?: number | undefined } {
  if (error instanceof ProblemError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return { problem: describeValidation(error) };
  const code = codeOf(error);
  // The client of PostgreSQL gives up a little after the server should have.
  if (code === QUERY_CANCELED || error.message === 'Query read timeout')
    return {
      problem: statusProblem(
        504,
        'The query took longer than it may. Ask for a shorter span, or with fewer filters.',
      ),
    };
  if (code !== undefined && NOT_INSTALLED.has(code))
    return {
      problem: statusProblem(
        503,
        'The database holds no warehouse, or one of another version. Run "npm run setup-db".',
      ),
      retryAfter: RETRY_SECONDS,
    };
  if (code !== undefined && NOT_ALLOWED.has(code))
    return {
      problem: statusProblem(503, 'The database does not let the API in, or not read.'),
      retryAfter: RETRY_SECONDS,
    };
  if (isTransient(error))
    return {
      problem: statusProblem(503, 'The database does not answer.'),
      retryAfter: RETRY_SECONDS,
    };
  const status = error.statusCode ?? 500;
  return status >= 400 && status < 500
    ? { problem: statusProblem(status, error.message) }
    : { problem: statusProblem(500, 'Something went wrong; the log says what.') };
}

function describeValidation(error: FastifyError): Problem {
  return {
    ...statusProblem(400, 'Parameters were refused; errors says why.'),
    errors: (error.validation ?? []).map(({ instancePath, message = 'is not valid' }) => ({
      parameter: instancePath.replace(/^\//, ''),
      detail: message,
    })),
  };
}
