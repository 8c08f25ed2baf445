// From an entry of the timeline to the bytes GitHub would send.
import type { Entry } from './create-entry-maker.ts';
import type { World } from './create-world.ts';
import type { EventType } from './event-types.ts';
import * as code from './payloads/code.ts';
import * as conversations from './payloads/conversations.ts';
import * as others from './payloads/others.ts';
import * as pullRequests from './payloads/pull-requests.ts';
import { apiUrl, type Payload, type Scene } from './payloads/scene.ts';
import { createRandom, mix } from './random.ts';
import type { Item } from './simulator-types.ts';
import { spoilEvent } from './spoil-event.ts';

/** An event as it will be written, before anything is done to it. */
export interface EventBody extends Record<string, unknown> {
  id: string;
  type: string;
  payload: Payload;
  created_at: string;
}

const payloads: Record<EventType, (scene: Scene) => Payload> = {
  PushEvent: code.push,
  CreateEvent: code.create,
  DeleteEvent: code.remove,
  PullRequestEvent: pullRequests.pullRequest,
  PullRequestReviewEvent: pullRequests.review,
  PullRequestReviewCommentEvent: pullRequests.reviewComment,
  IssuesEvent: conversations.issues,
  IssueCommentEvent: conversations.issueComment,
  CommitCommentEvent: conversations.commitComment,
  DiscussionEvent: conversations.discussion,
  WatchEvent: others.watch,
  PublicEvent: others.madePublic,
  ForkEvent: others.fork,
  ReleaseEvent: others.release,
  GollumEvent: others.gollum,
  MemberEvent: others.member,
};

/** Writes an event, the same bytes each time. Spoilt entries come out spoilt. */
export function renderEvent(seed: number, world: World, entry: Entry): Item {
  const body = bodyOf(seed, world, entry);
  if (entry.kind !== null) return spoilEvent(body, entry.kind, entry.ordinal);
  const { id, type, created_at } = body;
  const raw = Buffer.from(JSON.stringify(body));
  return { verdict: 'good', kind: 'good', raw, identity: { id, type, created_at } };
}

function bodyOf(seed: number, world: World, entry: Entry): EventBody {
  const random = createRandom(mix(seed, 5, entry.second, entry.place));
  const actor = world.actor(entry.actor, entry.second);
  const repo = world.repo(entry.repo, entry.second);
  // 1 s resolution, as GitHub writes it.
  const createdAt = `${new Date(entry.createdAt).toISOString().slice(0, 19)}Z`;
  const scene: Scene = { random, actor, repo, createdAt, oldShape: entry.oldShape };
  const body: EventBody = {
    id: entry.id,
    type: entry.type,
    actor: {
      id: actor.id,
      login: actor.login,
      display_login: actor.displayLogin,
      gravatar_id: '',
      url: `${apiUrl}/users/${actor.login}`,
      avatar_url: `https://avatars.githubusercontent.com/u/${actor.id}?`,
    },
    repo: { id: repo.id, name: repo.name, url: `${apiUrl}/repos/${repo.name}` },
    payload: payloads[entry.type](scene),
    public: true,
    created_at: createdAt,
  };
  if (repo.org !== null) {
    const { id, login } = world.org(repo.org);
    const url = `${apiUrl}/orgs/${login}`;
    const avatarUrl = `https://avatars.githubusercontent.com/u/${id}?`;
    body.org = { id, login, gravatar_id: '', url, avatar_url: avatarUrl };
  }
  return body;
}
