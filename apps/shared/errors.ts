/** Something a person has to correct: the message says what was expected, what was found and what to do. */
export class UserError extends Error {
  override name = 'UserError';
}

/** The message of anything thrown, with the messages of its causes. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return [...new Set(error.errors.map(messageOf))].join('; ');
  }
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : messageOf(error.cause);
  return cause === '' || error.message.includes(cause)
    ? error.message
    : `${error.message} (${cause})`;
}

/** SQLSTATE of a PostgreSQL error, or the code of a Node one such as ECONNREFUSED. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (typeof error !== 'object' || error === null) return undefined;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/** SQLSTATE of a lock that somebody else did not give up within lock_timeout. */
export const LOCK_NOT_AVAILABLE = '55P03';

/** SQLSTATEs that pass: the same work may succeed when it is tried again. */
const TRANSIENT_SQLSTATES = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  LOCK_NOT_AVAILABLE,
  '25P03', // idle_in_transaction_session_timeout
  '25P04', // transaction_timeout
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '58030', // io_error
]);
/** Classes of such SQLSTATEs: 08 connection exception, 53 insufficient resources (disk full, too many connections). */
const TRANSIENT_CLASSES = new Set(['08', '53']);
const TRANSIENT_NODE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** pg reports a lost connection and its own timeouts without a code. */
const TRANSIENT_MESSAGE =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout|not queryable/;

/** Whether a database error passes by itself: a lost connection, a restart, a deadlock, a full disk. */
export function isTransient(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) {
    if (TRANSIENT_NODE_CODES.has(code) || TRANSIENT_SQLSTATES.has(code)) return true;
    if (code.length === 5 && TRANSIENT_CLASSES.has(code.slice(0, 2))) return true;
  }
  return error instanceof Error && TRANSIENT_MESSAGE.test(error.message);
}
