// Pull requests, their reviews and the comments of these.
import { below, hex, pick } from '../random.ts';
import { sentences } from '../words.ts';
import { apiUrl, objectId, type Payload, prose, type Scene, userOf, webUrl } from './scene.ts';

/** A merge comes as action `merged` since October 2025, as `closed` with `merged: true` before. */
export function pullRequest(scene: Scene): Payload {
  const { random, oldShape } = scene;
  const action = pick(random, ['opened', 'opened', 'merged', 'merged', 'closed', 'reopened']);
  const pull = pullOf(scene);
  if (!oldShape) return { action, number: pull.number, pull_request: pull };
  const merged = action === 'merged';
  return {
    action: merged ? 'closed' : action,
    number: pull.number,
    pull_request: {
      ...pull,
      html_url: `${webUrl}/${scene.repo.name}/pull/${pull.number}`,
      state: merged || action === 'closed' ? 'closed' : 'open',
      title: pick(random, sentences),
      user: userOf(scene),
      body: prose(random),
      created_at: scene.createdAt,
      merged_at: merged ? scene.createdAt : null,
      merged,
      draft: false,
      comments: below(random, 5),
      commits: 1 + below(random, 9),
      additions: below(random, 500),
      deletions: below(random, 300),
      changed_files: 1 + below(random, 20),
    },
  };
}

export function review(scene: Scene): Payload {
  const { random } = scene;
  const pull = pullOf(scene);
  return {
    action: 'created',
    review: {
      id: objectId(random),
      user: userOf(scene),
      body: random() < 0.5 ? null : prose(random),
      commit_id: hex(random, 40),
      submitted_at: scene.createdAt,
      state: pick(random, ['approved', 'commented', 'changes_requested']),
      author_association: 'CONTRIBUTOR',
      pull_request_url: pull.url,
    },
    pull_request: pull,
  };
}

export function reviewComment(scene: Scene): Payload {
  const { random } = scene;
  const pull = pullOf(scene);
  return {
    action: 'created',
    comment: {
      id: objectId(random),
      pull_request_review_id: objectId(random),
      diff_hunk: '@@ -1,4 +1,5 @@\n-const list = [];\n+const list = [{ "a": 1 }];',
      path: 'src/index.ts',
      commit_id: hex(random, 40),
      user: userOf(scene),
      body: prose(random),
      created_at: scene.createdAt,
      updated_at: scene.createdAt,
      pull_request_url: pull.url,
      line: 1 + below(random, 400),
      side: 'RIGHT',
    },
    pull_request: pull,
  };
}

function pullOf({ random, repo }: Scene): Payload & { number: number; url: string } {
  const number = 1 + below(random, 5000);
  const shortRepo = {
    id: repo.id,
    url: `${apiUrl}/repos/${repo.name}`,
    name: repo.name.slice(repo.name.indexOf('/') + 1),
  };
  return {
    url: `${apiUrl}/repos/${repo.name}/pulls/${number}`,
    id: objectId(random),
    number,
    head: { ref: `feat/${hex(random, 6)}`, sha: hex(random, 40), repo: shortRepo },
    base: { ref: repo.defaultBranch, sha: hex(random, 40), repo: shortRepo },
  };
}
