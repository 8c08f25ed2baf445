// Issues, discussions and comments.
import { below, hex, pick } from '../random.ts';
import { sentences } from '../words.ts';
import { apiUrl, objectId, type Payload, prose, type Scene, userOf, webUrl } from './scene.ts';

export function issues(scene: Scene): Payload {
  const action = pick(scene.random, ['opened', 'opened', 'closed', 'reopened', 'labeled']);
  return { action, issue: issueOf(scene, action === 'closed') };
}

export function issueComment(scene: Scene): Payload {
  const issue = issueOf(scene, false);
  return { action: 'created', issue, comment: commentOf(scene, `${issue.url}/comments`) };
}

export function commitComment(scene: Scene): Payload {
  const commit = hex(scene.random, 40);
  const comment = commentOf(scene, `${apiUrl}/repos/${scene.repo.name}/comments`);
  return { action: 'created', comment: { ...comment, commit_id: commit, path: null, line: null } };
}

export function discussion(scene: Scene): Payload {
  const { random, repo } = scene;
  const number = 1 + below(random, 5000);
  return {
    action: 'created',
    discussion: {
      id: objectId(random),
      number,
      title: pick(random, sentences),
      html_url: `${webUrl}/${repo.name}/discussions/${number}`,
      category: { name: pick(random, ['Q&A', 'Ideas', 'Show and tell']) },
      user: userOf(scene),
      state: 'open',
      comments: 0,
      created_at: scene.createdAt,
      body: prose(random),
    },
  };
}

function issueOf(scene: Scene, closed: boolean): Payload & { url: string } {
  const { random, repo } = scene;
  const number = 1 + below(random, 5000);
  return {
    url: `${apiUrl}/repos/${repo.name}/issues/${number}`,
    repository_url: `${apiUrl}/repos/${repo.name}`,
    html_url: `${webUrl}/${repo.name}/issues/${number}`,
    id: objectId(random),
    number,
    title: pick(random, sentences),
    user: userOf(scene),
    labels: random() < 0.3 ? [{ id: objectId(random), name: 'bug', color: 'd73a4a' }] : [],
    state: closed ? 'closed' : 'open',
    state_reason: closed ? 'completed' : null,
    locked: false,
    assignee: null,
    milestone: null,
    comments: below(random, 30),
    created_at: scene.createdAt,
    updated_at: scene.createdAt,
    closed_at: closed ? scene.createdAt : null,
    body: random() < 0.1 ? null : prose(random),
  };
}

function commentOf(scene: Scene, url: string): Payload {
  return {
    url,
    id: objectId(scene.random),
    user: userOf(scene),
    created_at: scene.createdAt,
    updated_at: scene.createdAt,
    author_association: 'NONE',
    body: prose(scene.random),
  };
}
