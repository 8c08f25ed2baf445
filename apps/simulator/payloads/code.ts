// Pushes, branches and tags.
import { below, hex, pick } from '../random.ts';
import { sentences } from '../words.ts';
import { apiUrl, branchOf, type Payload, type Scene } from './scene.ts';

/** Since October 2025 a push says where it went and no more. */
export function push(scene: Scene): Payload {
  const { random, repo, oldShape } = scene;
  const trimmed = {
    repository_id: repo.id,
    push_id: 29_000_000_000 + below(random, 12_000_000_000),
    ref: `refs/heads/${branchOf(scene)}`,
    head: hex(random, 40),
    before: hex(random, 40),
  };
  if (!oldShape) return trimmed;
  const size = 1 + below(random, 4);
  const commits = Array.from({ length: size }, (_, index) => {
    const sha = index === size - 1 ? trimmed.head : hex(random, 40);
    return {
      sha,
      author: {
        email: `${hex(random, 40)}@users.noreply.github.com`,
        name: scene.actor.displayLogin,
      },
      message: pick(random, sentences),
      distinct: true,
      url: `${apiUrl}/repos/${repo.name}/commits/${sha}`,
    };
  });
  return { ...trimmed, size, distinct_size: size, commits };
}

export function create(scene: Scene): Payload {
  const { random, repo, oldShape } = scene;
  const refType = pick(random, ['branch', 'branch', 'branch', 'tag', 'repository']);
  const common = {
    master_branch: repo.defaultBranch,
    description: random() < 0.5 ? repo.description : null,
    pusher_type: 'user',
  };
  if (refType === 'repository') return { ref: null, ref_type: refType, ...common };
  return { ...refOf(scene, refType, oldShape), ...common };
}

export function remove(scene: Scene): Payload {
  const refType = pick(scene.random, ['branch', 'branch', 'branch', 'tag']);
  return { ...refOf(scene, refType, scene.oldShape), pusher_type: 'user' };
}

function refOf(scene: Scene, refType: string, oldShape: boolean): Payload {
  const isTag = refType === 'tag';
  const { random } = scene;
  const ref = isTag ? `v${below(random, 9)}.${below(random, 20)}.0` : `feat/${hex(random, 8)}`;
  const fullRef = `refs/${isTag ? 'tags' : 'heads'}/${ref}`;
  return oldShape ? { ref, ref_type: refType } : { ref, ref_type: refType, full_ref: fullRef };
}
