/** As much of an event as its payload is made of. */
interface Trimmed {
  type: string;
  actor: { id: number; login: string };
  repo: { id: number; name: string };
  created_at: string;
  payload: Record<string, unknown>;
}

/** What GitHub adds to each repository, as links of the API. */
const REPOSITORY_LINKS =
  'archive assignees blobs branches collaborators comments commits compare contents contributors deployments downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events issues keys labels languages merges milestones notifications pulls releases stargazers statuses subscribers subscription tags teams trees'.split(
    ' ',
  );
const USER_LINKS =
  'followers following gists starred subscriptions organizations repos events received_events'.split(
    ' ',
  );
const API = 'https://api.github.com';
const SENTENCE = 'This changes how the parts are put together, and adds what was missing before. ';

/**
 * The event with the payload it had before GitHub trimmed payloads on 2025-10-07, in the sizes that events of archives of
 * 2015 to 2025 have: some 1.1 KB for a push with its commit, 13 KB for a pull request with its two repositories, 2.3 KB on
 * average (archive hours of 2015, 2021 and 2025 have 2.4, 3.7 and 2.5).
 */
export function fillPayload(event: Trimmed): Record<string, unknown> {
  const { type, actor, repo, created_at, payload } = event;
  const user = describeUser(actor.id, actor.login);
  const subject = {
    url: `${API}/repos/${repo.name}/issues/1`,
    title: SENTENCE.slice(0, 60),
    user,
    body: SENTENCE.repeat(10),
    state: 'open',
    created_at,
    updated_at: created_at,
  };
  const pullRequest = () => {
    const branch = { ref: 'main', user, repo: describeRepository(repo, user) };
    return { ...subject, merged: false, head: branch, base: branch, additions: 12, deletions: 3 };
  };
  const details: Record<string, () => Record<string, unknown>> = {
    PushEvent: () => ({ size: 1, distinct_size: 1, commits: [describeCommit(event)] }),
    PullRequestEvent: () => ({
      pull_request: { ...asObject(payload.pull_request), ...pullRequest() },
    }),
    PullRequestReviewEvent: () => ({
      pull_request: pullRequest(),
      review: { ...asObject(payload.review), user },
    }),
    PullRequestReviewCommentEvent: () => ({ pull_request: pullRequest(), comment: subject }),
    IssueCommentEvent: () => ({
      issue: { ...asObject(payload.issue), ...subject },
      comment: subject,
    }),
    IssuesEvent: () => ({ issue: { ...asObject(payload.issue), ...subject } }),
    ForkEvent: () => ({
      forkee: { ...asObject(payload.forkee), ...describeRepository(repo, user) },
    }),
    ReleaseEvent: () => ({
      release: { ...asObject(payload.release), author: user, body: subject.body },
    }),
  };
  return { ...event, payload: { ...payload, ...details[type]?.() } };
}

function describeCommit({ actor, repo, payload }: Trimmed): Record<string, unknown> {
  const sha = String(payload.head);
  return {
    sha,
    author: { name: actor.login, email: `${actor.login}@users.noreply.github.com` },
    message: SENTENCE,
    distinct: true,
    url: `${API}/repos/${repo.name}/commits/${sha}`,
  };
}

function describeUser(id: number, login: string): Record<string, unknown> {
  const url = `${API}/users/${login}`;
  const links = USER_LINKS.map((name) => [`${name}_url`, `${url}/${name}`]);
  return { login, id, type: 'User', site_admin: false, url, ...Object.fromEntries(links) };
}

function describeRepository(
  { id, name }: Trimmed['repo'],
  owner: Record<string, unknown>,
): Record<string, unknown> {
  const url = `${API}/repos/${name}`;
  const links = REPOSITORY_LINKS.map((link) => [`${link}_url`, `${url}/${link}{/number}`]);
  return {
    ...{ id, full_name: name, private: false, owner, description: SENTENCE, fork: false, url },
    ...Object.fromEntries(links),
    ...{
      default_branch: 'main',
      size: 1024,
      stargazers_count: 5,
      watchers_count: 5,
      forks_count: 1,
    },
    ...{
      has_issues: true,
      has_wiki: true,
      archived: false,
      open_issues_count: 2,
      visibility: 'public',
    },
  };
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
