import { createTransport } from 'nodemailer';
import type { AlertSettings } from '../alert-settings.ts';
import { composeSubject, composeText, type Message } from './compose-message.ts';

const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Sends a message as plain text over SMTP. smtps:// encrypts from the start; smtp:// by STARTTLS where the server
 * offers it, and only so when there is a password and the server is another machine (unless the URL says
 * ?ignoreTLS=true).
 *
 * @throws when the server did not take it over, or the signal aborts first.
 */
export async function sendEmail(
  { smtpUrl, from, to }: NonNullable<AlertSettings['email']>,
  message: Message,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL(smtpUrl);
  const mustEncrypt =
    url.password !== '' &&
    url.protocol === 'smtp:' &&
    !LOCAL.test(url.hostname) &&
    url.searchParams.get('ignoreTLS') !== 'true';
  const transport = createTransport({
    url: smtpUrl,
    ...(mustEncrypt ? { requireTLS: true } : {}),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 10_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const sending = transport.sendMail({
    from,
    to: [...to],
    subject: composeSubject(message),
    text: `${composeText(message)}\n\n-- \nSent by the warehouse ${message.warehouse} at ${message.sentAt}.\n`,
    // So that no vacation notice answers.
    headers: { 'Auto-Submitted': 'auto-generated' },
  });
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([sending, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
    transport.close();
  }
}
