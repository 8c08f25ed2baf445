// What a payload is made from, and the parts payloads share.
import type { Actor, Repo } from '../create-world.ts';
import { below, hex, pick, type Random } from '../random.ts';
import { sentences } from '../words.ts';

export interface Scene {
  random: Random;
  actor: Actor;
  repo: Repo;
  /** `created_at` of the event. */
  createdAt: string;
  /** Whether the payload has what GitHub sent before October 2025. */
  oldShape: boolean;
}

export type Payload = Record<string, unknown>;

/** Addresses of GitHub's own API, as real events bear them whatever server sent them. */
export const apiUrl = 'https://api.github.com';
export const webUrl = 'https://github.com';

/** A user as it appears inside payloads. */
export function userOf({ actor }: Scene): Payload {
  return {
    login: actor.login,
    id: actor.id,
    avatar_url: `https://avatars.githubusercontent.com/u/${actor.id}?v=4`,
    url: `${apiUrl}/users/${actor.login}`,
    html_url: `${webUrl}/${actor.login}`,
    type: actor.isBot ? 'Bot' : 'User',
    site_admin: false,
  };
}

/** A branch name. */
export function branchOf({ random, repo }: Scene): string {
  if (random() < 0.6) return repo.defaultBranch;
  return `${pick(random, ['feat', 'fix', 'deps', 'chore'])}/${hex(random, 6)}`;
}

/** An id as issues, comments and pull requests have them: above 2^31 since years. */
export function objectId(random: Random): number {
  return 2_200_000_000 + below(random, 2_900_000_000);
}

/** One or a few sentences. */
export function prose(random: Random): string {
  const count = 1 + below(random, 3);
  return Array.from({ length: count }, () => pick(random, sentences)).join('\n\n');
}
