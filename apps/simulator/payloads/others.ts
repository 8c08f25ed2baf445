// Stars, forks, releases, wikis, members.
import { below, hex, pick } from '../random.ts';
import { sentences } from '../words.ts';
import { apiUrl, objectId, type Payload, prose, type Scene, userOf, webUrl } from './scene.ts';

/** A star: GitHub's name for it is older than stars. */
export function watch(): Payload {
  return { action: 'started' };
}

/** A repository became public; GitHub says nothing more. */
export function madePublic(): Payload {
  return {};
}

export function fork(scene: Scene): Payload {
  const { random, repo, actor } = scene;
  const name = repo.name.slice(repo.name.indexOf('/') + 1);
  return {
    action: 'forked',
    forkee: {
      id: 1_300_000_000 + below(random, 1_500_000_000),
      name,
      full_name: `${actor.login}/${name}`,
      private: false,
      owner: userOf(scene),
      html_url: `${webUrl}/${actor.login}/${name}`,
      description: repo.description,
      fork: true,
      created_at: scene.createdAt,
      default_branch: repo.defaultBranch,
      public: true,
    },
  };
}

export function release(scene: Scene): Payload {
  const { random, repo } = scene;
  const tag = `v${below(random, 9)}.${below(random, 20)}.${below(random, 5)}`;
  return {
    action: 'published',
    release: {
      url: `${apiUrl}/repos/${repo.name}/releases/${below(random, 300_000_000)}`,
      id: below(random, 300_000_000),
      author: userOf(scene),
      tag_name: tag,
      target_commitish: repo.defaultBranch,
      name: tag,
      draft: false,
      prerelease: random() < 0.2,
      created_at: scene.createdAt,
      published_at: scene.createdAt,
      assets: [],
      body: prose(random),
    },
  };
}

export function gollum(scene: Scene): Payload {
  const { random, repo } = scene;
  return {
    pages: [
      {
        page_name: 'Home',
        title: pick(random, sentences),
        summary: null,
        action: pick(random, ['created', 'edited']),
        sha: hex(random, 40),
        html_url: `${webUrl}/${repo.name}/wiki/Home`,
      },
    ],
  };
}

export function member(scene: Scene): Payload {
  return { member: { ...userOf(scene), id: objectId(scene.random) }, action: 'added' };
}
