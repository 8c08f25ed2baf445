import { z } from 'zod';
import { integer, list } from './config-values.ts';

/** How the API listens, and whom it answers. */
export interface ApiSettings {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** None: requests need no key. */
  readonly keys: readonly string[];
  /** Whose pages may read answers in a browser. */
  readonly corsOrigins: readonly string[];
  /** Requests a minute of one client; 0 for no limit. */
  readonly rateLimit: number;
  readonly statementTimeoutMs: number;
}

/** Shorter ones could be guessed. */
const SHORTEST_KEY = 16;

/** As a browser sends it: scheme, host and port, nothing behind. */
const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  error: (issue) => `has "${issue.input}"; an origin is https://example.org, without a path`,
});

export const apiVariables = {
  API_HOST: z.string().default('127.0.0.1'),
  API_PORT: integer(0, 65_535).default(8080),
  API_KEYS: z
    .string()
    .default('')
    .transform(list)
    .pipe(
      z.array(
        z
          .string()
          // Not what it is: it would be in the message.
          .regex(
            /^[\x21-\x7e]+$/,
            'has a key that is not one word of ASCII, as it goes into a header',
          )
          .min(SHORTEST_KEY, `has a key of fewer than ${SHORTEST_KEY} characters`),
      ),
    ),
  API_CORS_ORIGINS: z.string().default('').transform(list).pipe(z.array(origin)),
  API_RATE_LIMIT: integer(0, 1_000_000).default(600),
  API_STATEMENT_TIMEOUT_MS: integer(1, 600_000).default(5000),
};

const schema = z.object(apiVariables);

/** The settings from variables that have been checked. */
export function readApiSettings(env: z.infer<typeof schema>): ApiSettings {
  return {
    host: env.API_HOST,
    port: env.API_PORT,
    keys: env.API_KEYS,
    corsOrigins: env.API_CORS_ORIGINS,
    rateLimit: env.API_RATE_LIMIT,
    statementTimeoutMs: env.API_STATEMENT_TIMEOUT_MS,
  };
}
