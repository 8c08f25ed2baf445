// The words names are made of. Lengths matter: see create-world.ts for why names are unique.

/** 32 first parts of repository names. */
export const adjectives =
  'amber bold brisk calm clear cold crisp deep dusty early faint fast glass golden green hidden iron light lucid lunar mellow misty north old open plain quiet rapid red silver small wild'.split(
    ' ',
  );

/** 32 second parts of repository names. */
export const nouns =
  'anchor atlas barn beacon bridge brook canvas castle cedar comet compass engine falcon forge garden harbor kettle lantern ledger loom maple meadow mill orchard otter pebble prism river signal sparrow tiller willow'.split(
    ' ',
  );

/** 8 endings of repository names. */
export const endings = ['', '-cli', '-api', '-ui', '.js', '-rs', '-docs', '-kit'];

/** 32 first parts of logins. */
export const givenNames =
  'ada bela chen dana emil fatou gita hugo ines jun kira lars mei nils olga pavel quinn rosa sami tara ugo vera wim xenia yara zoe aiko bruno clara dmitri eva femi'.split(
    ' ',
  );

/** 12 organisations' endings. */
export const orgEndings =
  '-labs -io -hq -org -dev -works -systems -foundation -tools -group -project -tech'.split(' ');

/** Bots that really act on GitHub, with their real ids; programs, not people. */
export const knownBots: readonly [login: string, id: number][] = [
  ['github-actions', 41898282],
  ['dependabot', 49699333],
  ['renovate', 29139614],
  ['pre-commit-ci', 66853113],
  ['github-merge-queue', 118344674],
];

/** Bots of this world. */
export const inventedBots = ['amber-ci', 'release-otter', 'lint-sparrow', 'deploy-harbor'];

/** Titles and messages; quotes, brackets and several scripts, for scanners to stumble over. */
export const sentences = [
  'Fix the build on Node 20',
  'Bump lodash from 4.17.20 to 4.17.21',
  'docs: say what "done" means',
  'Crash when the path holds a backslash: C:\\temp\\[draft]',
  'feat(api): return {"ok": true} instead of [1, 2, 3]',
  'Überarbeitung der Größenprüfung',
  '修复分页错误',
  'Исправить опечатку',
  'Add dark mode 🌙✨',
  'wip } ] , " not the end',
  'refactor: first line\n\nSecond line, with a\ttab',
  'chore(deps): update all',
  'Merge branch main of origin',
  'تحديث الملف',
  'Revert "Revert \\"Use commas\\""',
  'initial commit',
];
