import type { AlertSettings } from '../alert-settings.ts';
import type { Logger } from '../logger.ts';
import {
  composeParagraphs,
  composeSubject,
  composeText,
  type Message,
  worstSeverity,
} from './compose-message.ts';
import { postJson } from './post-json.ts';
import { sendEmail } from './send-email.ts';

/** A way to tell people. */
export interface Channel {
  /** As in ops.alert_notices.channel. */
  name: 'log' | 'slack' | 'webhook' | 'email';
  /** Throws when the message was not taken over. */
  send: (message: Message, signal: AbortSignal) => Promise<void>;
}

/** The channels that are set; the log always is. */
export function openChannels(
  settings: AlertSettings,
  log: Pick<Logger, 'info' | 'warn' | 'error'>,
): Channel[] {
  const { slackUrl, webhook, email } = settings;
  const channels: Channel[] = [{ name: 'log', send: async (message) => logMessage(message, log) }];
  if (slackUrl !== undefined)
    channels.push({
      name: 'slack',
      send: (message, signal) => postJson(slackUrl, composeSlack(message), signal),
    });
  if (webhook !== undefined)
    channels.push({
      name: 'webhook',
      send: (message, signal) => postJson(webhook.url, composeJson(message), signal, webhook.token),
    });
  if (email !== undefined)
    channels.push({ name: 'email', send: (message, signal) => sendEmail(email, message, signal) });
  return channels;
}

function logMessage(message: Message, log: Pick<Logger, 'info' | 'warn' | 'error'>): void {
  for (const { kind, condition, subject, severity, detail } of message.notices) {
    const fields = { condition, subject, severity, kind };
    if (kind === 'recovered') log.info(fields, `alert over: ${condition}: ${subject}`);
    else
      log[severity === 'fail' ? 'error' : 'warn'](
        fields,
        `alert${kind === 'again' ? ', still' : ''}: ${condition}: ${subject}: ${detail}`,
      );
  }
}

/** For Slack and what understands the same (Mattermost, Rocket.Chat, Discord's /slack). */
export function composeSlack(message: Message): { text: string; unfurl_links: boolean } {
  const paragraphs = composeParagraphs(message).map(({ title, lines }) =>
    [escapeMrkdwn(title), ...lines.map((line) => `> ${escapeMrkdwn(line)}`)].join('\n'),
  );
  return {
    text: [`*${escapeMrkdwn(composeSubject(message))}*`, ...paragraphs].join('\n'),
    unfurl_links: false,
  };
}

/**
 * Slack reads these three as mark-up: <!channel> calls everybody, <http://…|text> hides where a link leads. What it
 * formats by asterisks and the like only looks different.
 */
function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** For programs: everything, with the subject and text a person would get. */
export function composeJson(message: Message): Record<string, unknown> {
  return {
    warehouse: message.warehouse,
    severity: worstSeverity(message.notices),
    subject: composeSubject(message),
    text: composeText(message),
    sent_at: message.sentAt,
    others_standing: message.othersStanding,
    alerts: message.notices.map((notice) => ({
      kind: notice.kind,
      condition: notice.condition,
      subject: notice.subject,
      severity: notice.severity,
      detail: notice.detail,
      since: notice.since,
      recovered_at: notice.recoveredAt,
    })),
  };
}
