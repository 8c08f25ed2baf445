// What the container files promise and a text can show. That they work is shown by running them: docs/docker.md.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { environmentSchema } from '../../apps/shared/config.ts';
import { projectRoot } from '../../apps/shared/project-root.ts';

const read = (name: string) => readFileSync(join(projectRoot, name), 'utf8');
/** Lines that are not comments. */
const linesOf = (name: string) =>
  read(name)
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s*#/.test(line));

const compose = read('docker-compose.yml');
const secretName = /PASS|TOKEN|SECRET|KEY/;

describe('docker-compose.yml', () => {
  test('holds no secret: each is taken from the environment', () => {
    const secrets = linesOf('docker-compose.yml').filter((line) =>
      secretName.test(line.split(':')[0] ?? ''),
    );
    expect(secrets.length).toBeGreaterThan(2);
    for (const line of secrets) expect(line).toMatch(/: \$\{\w+:[?-][^}]*\}$/);
  });

  test('refuses to start without a password', () => {
    expect(compose).not.toMatch(/\$\{DB_PASS(?!:\?)/);
  });

  test('opens ports to this machine only', () => {
    const ports = [...compose.matchAll(/ports: \[(.*)\]/g)].map(([, list]) => list);
    expect(ports.length).toBeGreaterThan(1);
    for (const port of ports) expect(port).toMatch(/^'127\.0\.0\.1:[^,]*$/);
  });

  test('passes every variable of the configuration on, but those that mean nothing in a container', () => {
    // The database is beside the processes.
    const without = [
      'DATABASE_URL',
      'DATABASE_URL_FILE',
      'DB_PASS_FILE',
      'PGSSLMODE',
      'PGSSLROOTCERT',
      'PGSSLCERT',
      'PGSSLKEY',
      'EMBEDDED_DATA_DIR',
      'FAIL_MODE',
      'LOG_DIR',
    ];
    const missing = Object.keys(environmentSchema.shape).filter(
      (name) => !without.includes(name) && !new RegExp(`^ +${name}: `, 'm').test(compose),
    );
    expect(missing).toEqual([]);
  });

  test('and the image name only programs that exist', () => {
    const programs = [...`${compose}${read('Dockerfile')}`.matchAll(/dist\/([\w/-]+)\.js/g)].map(
      ([, path]) => `${path}.ts`,
    );
    expect(programs.length).toBeGreaterThan(5);
    expect(programs.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
  });
});

describe('a container', () => {
  interface Service {
    image: string;
    user?: string;
    [key: string]: unknown;
  }
  const servicesOf = (name: string): [string, Service][] =>
    Object.entries(parse(read(name), { merge: true }).services);

  test.each(
    ['docker-compose.yml', 'compose.citus.yml'].flatMap((file) =>
      servicesOf(file)
        .filter(([, { image }]) => image === 'assay:local')
        .map(([name, service]) => ({ file, name, service })),
    ),
  )('of $file, $name, is an ordinary user who can write next to nothing', ({ name, service }) => {
    expect(service).toMatchObject({
      user: 'node',
      read_only: true,
      tmpfs: '/tmp',
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: '1g',
      pids_limit: 200,
    });
    for (const key of ['cap_add', 'privileged', 'devices', 'network_mode', 'pid', 'ipc'])
      expect(service, key).not.toHaveProperty(key);
    // A named volume for its logs, and nothing of the machine's own.
    for (const volume of (service.volumes ?? []) as string[])
      expect(volume).toBe('logs:/var/log/assay');
    // Only the API is there to be asked.
    if (name !== 'api') expect(service).not.toHaveProperty('ports');
  });

  test('of the database keeps of root what its image needs to begin, and writes to its volume only', () => {
    const [, postgres] =
      servicesOf('docker-compose.yml').find(([name]) => name === 'postgres') ?? [];
    expect(postgres).toMatchObject({
      read_only: true,
      tmpfs: ['/tmp', '/var/run/postgresql'],
      cap_drop: ['ALL'],
      cap_add: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'],
      security_opt: ['no-new-privileges:true'],
      volumes: ['postgres:/var/lib/postgresql'],
    });
  });

  describe.each(['docker-compose.yml', 'compose.citus.yml'])('for BI, of %s', (file) => {
    const services = Object.fromEntries(servicesOf(file));
    const { metabase, 'metabase-database': store, 'metabase-setup': setup } = services;

    test('is started by its profile only', () => {
      for (const service of [metabase, store, setup])
        expect(service).toMatchObject({ profiles: ['bi'] });
    });

    test('is pinned, writes to memory only, and is nobody special', () => {
      expect(metabase).toMatchObject({
        image: expect.stringMatching(/^metabase\/metabase:v\d+\.\d+\.\d+$/),
        user: '2000:2000',
        read_only: true,
        tmpfs: ['/tmp', '/plugins:mode=1777'],
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
      for (const key of ['cap_add', 'privileged', 'volumes'])
        expect(metabase).not.toHaveProperty(key);
    });

    test('keeps what Metabase knows where nobody else can reach it', () => {
      expect(store).toMatchObject({
        networks: ['metabase'],
        volumes: ['metabase:/var/lib/postgresql'],
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
      expect(store).not.toHaveProperty('ports');
      expect(parse(read(file)).networks).toEqual({ metabase: { internal: true } });
      const members = Object.entries(services)
        .filter(([, { networks }]) => ((networks ?? []) as string[]).includes('metabase'))
        .map(([name]) => name);
      expect(members).toEqual(['metabase-database', 'metabase']);
    });

    test('never tells Metabase the password of the owner', () => {
      for (const service of [metabase, store])
        expect(JSON.stringify(service)).not.toContain('{DB_PASS');
    });
  });

  test('of the warehouse is never given the socket of the engine', () => {
    expect(`${compose}${read('compose.citus.yml')}`).not.toMatch(
      /docker\.sock|host\.docker|privileged/,
    );
  });

  test('of a process is given only the user of that process', () => {
    const given = Object.fromEntries(
      servicesOf('docker-compose.yml').map(([name, { environment }]) => [
        name,
        Object.keys((environment ?? {}) as object).filter((key) => key.endsWith('_DATABASE_URL')),
      ]),
    );
    expect(given).toEqual({
      postgres: [],
      setup: [],
      'bronze-listener': ['LISTENER_DATABASE_URL'],
      'silver-gold-etl': ['TRANSFORMER_DATABASE_URL'],
      api: ['READER_DATABASE_URL'],
      simulator: [],
      'metabase-database': [],
      metabase: [],
      'metabase-setup': ['READER_DATABASE_URL'],
    });
  });
});

test.each(['docker-compose.yml', 'compose.citus.yml'])(
  'the API of %s says itself how it does',
  (file) => {
    const { api } = parse(read(file), { merge: true }).services;
    expect(api.healthcheck.test.join(' ')).toContain('http://127.0.0.1:8080/health');
    expect(api.environment).toMatchObject({ API_HOST: '0.0.0.0', API_PORT: '8080' });
    expect(api.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:\$\{API_PORT:-8080\}:8080$/)]);
  },
);

describe('simulator.env', () => {
  const variables = new Map(
    linesOf('simulator.env').map((line) => line.split(/=(.*)/s) as [string, string]),
  );

  test('keeps made-up events in volumes of their own', () => {
    expect(variables.get('COMPOSE_PROJECT_NAME')).toBe('assay-simulator');
    expect(variables.get('COMPOSE_PROFILES')).toBe('simulator');
    expect(variables.get('GITHUB_API_URL')).toBe('http://simulator:4010');
    expect(variables.has('GITHUB_TOKEN')).toBe(false);
  });

  test('sets only what docker-compose.yml reads', () => {
    const unread = [...variables.keys()].filter(
      (name) => !name.startsWith('COMPOSE_') && !compose.includes(`\${${name}:`),
    );
    expect(unread).toEqual([]);
  });
});

describe('Dockerfile', () => {
  const lines = linesOf('Dockerfile');
  const final = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));

  test('ends as an ordinary user, without tools for building', () => {
    expect(final.filter((line) => line.startsWith('USER '))).toEqual(['USER node']);
    expect(final.filter((line) => /\bnpm\b/.test(line))).toEqual([]);
    expect(lines.join('\n')).toContain('npm ci --omit=dev --omit=optional');
  });

  test('takes no secret when it is built', () => {
    expect(lines.filter((line) => /^(ARG|ENV) /.test(line) && secretName.test(line))).toEqual([]);
  });

  test('has the files of the dashboard where the API looks for them', () => {
    expect(final).toContain('COPY --from=build /app/apps/api/dashboard apps/api/dashboard');
  });

  test('gets nothing but what .dockerignore names', () => {
    const rules = linesOf('.dockerignore');
    expect(rules[0]).toBe('*');
    expect(rules).toContain('**/.env*');
    const copied = lines
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(new Set(copied)).toEqual(
      new Set(rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1))),
    );
  });
});
