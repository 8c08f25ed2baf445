import type { Channel } from '../../apps/shared/alerts/channels.ts';
import type { Message } from '../../apps/shared/alerts/compose-message.ts';
import { messageOf, UserError } from '../../apps/shared/errors.ts';

const SEND_MS = 10_000;

/**
 * Sends an example through every channel but the log, and says how each took it.
 *
 * @returns the exit code: 1 when one did not.
 * @throws UserError when none is set.
 */
export async function testChannels(
  channels: readonly Channel[],
  warehouse: string,
  redact: (text: string) => string,
): Promise<number> {
  const set = channels.filter(({ name }) => name !== 'log');
  if (set.length === 0) {
    throw new UserError(
      'No channel is set. Set ALERT_SLACK_WEBHOOK_URL, ALERT_WEBHOOK_URL, or ALERT_SMTP_URL with ALERT_EMAIL_FROM and ALERT_EMAIL_TO; docs/alerts.md has examples.',
    );
  }
  const message = exampleMessage(warehouse, new Date());
  const results = await Promise.all(
    set.map(async ({ name, send }) => {
      try {
        await send(message, AbortSignal.timeout(SEND_MS));
        console.log(`${name}: taken over`);
        return true;
      } catch (error) {
        console.log(`${name}: not taken over: ${redact(messageOf(error))}`);
        return false;
      }
    }),
  );
  return results.every((isTaken) => isTaken) ? 0 : 1;
}

/** What an alert looks like; nothing in it is wrong. */
function exampleMessage(warehouse: string, now: Date): Message {
  const time = now.toISOString();
  return {
    warehouse,
    sentAt: time,
    othersStanding: 0,
    notices: [
      {
        kind: 'new',
        condition: 'this_is_a_test',
        subject: 'alerts',
        severity: 'warn',
        detail: 'Somebody ran npm run alerts -- test. Nothing is wrong.',
        since: time,
        recoveredAt: null,
      },
    ],
  };
}
