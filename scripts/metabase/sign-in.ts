import { z } from 'zod';
import { messageOf, UserError } from '../../apps/shared/errors.ts';
import { pause } from '../../apps/shared/retry.ts';
import { type MetabaseClient, MetabaseRefusal } from './client.ts';

const LOOK_AGAIN_MS = 2000;

const health = z.object({ status: z.literal('ok') });
const properties = z.object({
  'has-user-setup': z.boolean(),
  'setup-token': z.string().nullish(),
});
const session = z.object({ id: z.string().min(1) });

/**
 * Waits until Metabase answers that it is well: a new one prepares its own database first, which takes a minute or two.
 *
 * @throws UserError with the last answer when the time is over; the signal's reason when it aborts.
 */
export async function waitForMetabase(
  client: MetabaseClient,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    try {
      await client.request('GET', '/health', health);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (Date.now() >= until)
        throw new UserError(
          `Metabase was not ready within ${Math.round(timeoutMs / 1000)} seconds. ${messageOf(error)}`,
        );
      await pause(LOOK_AGAIN_MS, signal);
    }
  }
}

/**
 * Signs in, after making the first account where Metabase has none.
 *
 * @returns whether the account was made.
 * @throws UserError when Metabase has accounts and this is none of them.
 */
export async function signIn(
  client: MetabaseClient,
  account: { email: string; password: string },
): Promise<{ isNew: boolean }> {
  const found = await client.request('GET', '/session/properties', properties);
  if (!found['has-user-setup']) {
    const { id } = await client.request('POST', '/setup', session, {
      token: found['setup-token'],
      user: {
        email: account.email,
        password: account.password,
        first_name: 'Assay',
        last_name: 'Admin',
        site_name: 'Assay',
      },
      prefs: { site_name: 'Assay', site_locale: 'en', allow_tracking: false },
    });
    client.useSession(id);
    return { isNew: true };
  }
  try {
    const { id } = await client.request('POST', '/session', session, {
      username: account.email,
      password: account.password,
    });
    client.useSession(id);
    return { isNew: false };
  } catch (error) {
    if (error instanceof MetabaseRefusal && error.status === 401)
      throw new UserError(
        `Metabase is set up already, and does not know ${account.email} with this password. Set METABASE_ADMIN_EMAIL and METABASE_ADMIN_PASSWORD to an administrator of it.`,
        { cause: error },
      );
    throw error;
  }
}
