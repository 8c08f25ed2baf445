import { z } from 'zod';
import { httpUrl } from './config-values.ts';

/** Where Metabase is and who sets it up: `npm run metabase`. */
export interface MetabaseSettings {
  /** Without a slash at the end. */
  readonly url: string;
  /** Undefined until somebody sets it: there is no account to guess. */
  readonly adminEmail: string | undefined;
  readonly adminPassword: string | undefined;
}

export const metabaseVariables = {
  METABASE_URL: httpUrl().default('http://localhost:3000'),
  METABASE_ADMIN_EMAIL: z.email({ error: 'must be an e-mail address' }).optional(),
  METABASE_ADMIN_PASSWORD: z.string().optional(),
};

/** The settings of the variables above. */
export function readMetabaseSettings(
  env: z.infer<z.ZodObject<typeof metabaseVariables>>,
): MetabaseSettings {
  return {
    url: env.METABASE_URL,
    adminEmail: env.METABASE_ADMIN_EMAIL,
    adminPassword: env.METABASE_ADMIN_PASSWORD,
  };
}
