import { z } from 'zod';
import { integer, list, number, passwordsIn } from './config-values.ts';

/** Where alerts go, and what is one. */
export interface AlertSettings {
  /** How messages name the warehouse; undefined for the name of its database. */
  readonly warehouseName: string | undefined;
  readonly slackUrl: string | undefined;
  readonly webhook: { readonly url: string; readonly token: string | undefined } | undefined;
  readonly email:
    | { readonly smtpUrl: string; readonly from: string; readonly to: readonly string[] }
    | undefined;
  /** How long an alert that stands is not told again. */
  readonly cooldownMinutes: number;
  /** How often the listener checks. */
  readonly checkMinutes: number;
  /** Conditions that are not looked at. */
  readonly ignored: readonly string[];
  /** What the conditions read as the setting `assay.NAME`. */
  readonly limits: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** One address, bare or as `Name <address>`; what is no address at all is found here, the rest by the server. */
const ADDRESS = /^(?:[^<>@\p{Cc}]+<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u;

const address = z.string().regex(ADDRESS, {
  error: (issue) =>
    `has "${issue.input}"; an address is assay@example.org or Assay <assay@example.org>`,
});

// Taken as it stands: a slash at its end may matter.
const webhookUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

export const alertVariables = {
  ALERT_NAME: z.string().optional(),
  ALERT_SLACK_WEBHOOK_URL: webhookUrl.optional(),
  ALERT_WEBHOOK_URL: webhookUrl.optional(),
  ALERT_WEBHOOK_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be one word of ASCII, as it goes into a header')
    .optional(),
  ALERT_SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'must be a URL such as smtp://user:password@host:587' })
    .optional(),
  ALERT_EMAIL_FROM: address.optional(),
  ALERT_EMAIL_TO: z
    .string()
    .transform(list)
    .pipe(z.array(address).min(1, 'must name at least one address'))
    .optional(),
  ALERT_COOLDOWN_MINUTES: number(0, 525_600).default(360),
  ALERT_CHECK_MINUTES: number(0.005, 1440).default(5),
  ALERT_IGNORE: z.string().default('').transform(list),
  ALERT_STALE_HOURS: number(0.01, 8760).default(26),
  ALERT_SILENT_HOURS: number(0.01, 8760).default(2),
  ALERT_BACKLOG_ROWS: integer(1, 1_000_000_000).default(100_000),
  ALERT_DEAD_LETTERS: integer(1, 1_000_000_000).default(100),
};

/** An environment that switches every channel off, whatever `.env` says. */
export const noAlertChannels: Readonly<Record<string, string>> = Object.fromEntries(
  ['ALERT_SLACK_WEBHOOK_URL', 'ALERT_WEBHOOK_URL', 'ALERT_WEBHOOK_TOKEN', 'ALERT_SMTP_URL']
    .flatMap((name) => [name, `${name}_FILE`])
    .concat('ALERT_EMAIL_FROM', 'ALERT_EMAIL_TO')
    .map((name) => [name, '']),
);

const schema = z.object(alertVariables);

/** Faults between variables: e-mail needs all three of its own, a token something to go with. */
export function findAlertFaults(given: Readonly<Record<string, string | undefined>>): string[] {
  const email = ['ALERT_SMTP_URL', 'ALERT_EMAIL_FROM', 'ALERT_EMAIL_TO'];
  const missing = email.filter((name) => given[name] === undefined);
  const faults: string[] = [];
  if (missing.length > 0 && missing.length < email.length)
    faults.push(`${missing.join(' and ')} must be set too: e-mail needs ${email.join(', ')}`);
  if (given.ALERT_WEBHOOK_TOKEN !== undefined && given.ALERT_WEBHOOK_URL === undefined)
    faults.push('ALERT_WEBHOOK_TOKEN is set without ALERT_WEBHOOK_URL, which it would be sent to');
  return faults;
}

/** The settings from variables that have been checked. */
export function readAlertSettings(env: z.infer<typeof schema>): AlertSettings {
  const { ALERT_SLACK_WEBHOOK_URL, ALERT_WEBHOOK_URL, ALERT_WEBHOOK_TOKEN, ALERT_SMTP_URL } = env;
  const urls = [ALERT_SLACK_WEBHOOK_URL, ALERT_WEBHOOK_URL, ALERT_SMTP_URL].filter(
    (url) => url !== undefined,
  );
  return {
    warehouseName: env.ALERT_NAME,
    slackUrl: ALERT_SLACK_WEBHOOK_URL,
    webhook:
      ALERT_WEBHOOK_URL === undefined
        ? undefined
        : { url: ALERT_WEBHOOK_URL, token: ALERT_WEBHOOK_TOKEN },
    email:
      ALERT_SMTP_URL === undefined ||
      env.ALERT_EMAIL_FROM === undefined ||
      env.ALERT_EMAIL_TO === undefined
        ? undefined
        : { smtpUrl: ALERT_SMTP_URL, from: env.ALERT_EMAIL_FROM, to: env.ALERT_EMAIL_TO },
    cooldownMinutes: env.ALERT_COOLDOWN_MINUTES,
    checkMinutes: env.ALERT_CHECK_MINUTES,
    ignored: env.ALERT_IGNORE,
    limits: {
      alert_stale_hours: String(env.ALERT_STALE_HOURS),
      alert_silent_hours: String(env.ALERT_SILENT_HOURS),
      alert_backlog_rows: String(env.ALERT_BACKLOG_ROWS),
      alert_dead_letters: String(env.ALERT_DEAD_LETTERS),
    },
    secrets: [
      // Whoever has the URL of a webhook can write to it.
      ...urls.flatMap((url) => [url, new URL(url).href, ...passwordsIn(url), ...longPiecesOf(url)]),
      ALERT_WEBHOOK_TOKEN ?? '',
    ],
  };
}

/** What makes the URL of a webhook a secret: an answer may quote its path without the rest. Shorter pieces are words. */
function longPiecesOf(url: string): string[] {
  const { pathname, searchParams } = new URL(url);
  return [...pathname.split('/'), ...searchParams.values()].filter((piece) => piece.length >= 12);
}
