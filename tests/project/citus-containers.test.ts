// What compose.citus.yml promises and a text can show. Its image could not be had where these tests are run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { projectRoot } from '../../apps/shared/project-root.ts';

interface Service {
  image?: string;
  command?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  ports?: string[];
  [key: string]: unknown;
}

const text = (name: string) => readFileSync(join(projectRoot, name), 'utf8');
const servicesOf = (name: string): Record<string, Service> =>
  parse(text(name), { merge: true }).services;
const one = servicesOf('docker-compose.yml');
const cluster = servicesOf('compose.citus.yml');
const NODES = ['coordinator', 'worker-1', 'worker-2'];

/** A service without what is the matter of the cluster: which host, and what to wait for. */
function apartFromTheHost(service: Service | undefined): Service {
  const { depends_on: _dependsOn, environment, ...rest } = service ?? {};
  const { DB_HOST: _host, ...variables } = environment ?? {};
  return { ...rest, environment: variables };
}

describe('compose.citus.yml', () => {
  test('runs the processes of docker-compose.yml with only the host changed', () => {
    const processes = Object.keys(one).filter((name) => name !== 'postgres' && name !== 'setup');
    expect(processes).toContain('bronze-listener');
    expect(processes).toContain('silver-gold-etl');
    for (const name of processes) {
      expect(apartFromTheHost(cluster[name]), name).toEqual(apartFromTheHost(one[name]));
      if (one[name]?.environment?.DB_HOST !== undefined)
        expect(cluster[name]?.environment?.DB_HOST, name).toBe('coordinator');
    }
    expect(Object.keys(cluster).sort()).toEqual(
      [...processes, ...NODES, 'cluster', 'setup'].sort(),
    );
  });

  test('sets the warehouse up as docker-compose.yml does, then distributes it', () => {
    expect(cluster.setup?.command).toEqual([...(one.setup?.command ?? []), '--distributed']);
    expect(cluster.setup?.depends_on).toEqual({
      cluster: { condition: 'service_completed_successfully' },
    });
  });

  test('names every worker to the coordinator', () => {
    const commands = cluster.cluster?.command?.join('\n') ?? '';
    expect(commands).toContain(`citus_set_coordinator_host('coordinator', 5432)`);
    for (const worker of NODES.slice(1))
      expect(commands).toContain(`citus_add_node('${worker}', 5432)`);
    expect(Object.keys(cluster.cluster?.depends_on ?? {})).toEqual(NODES);
  });

  test('has one pinned image, one collation and one password on all nodes', () => {
    for (const name of NODES) {
      expect(cluster[name]?.image).toMatch(/^citusdata\/citus:\d+\.\d+\.\d+$/);
      expect(cluster[name]?.image).toBe(cluster.coordinator?.image);
      expect(cluster[name]?.environment).toEqual(cluster.coordinator?.environment);
    }
    expect(cluster.coordinator?.environment?.POSTGRES_INITDB_ARGS).toContain('--locale=C');
  });

  test('holds no secret, and refuses to start without a password', () => {
    const secrets = text('compose.citus.yml').match(/^ +\w*PASS\w*: .*$/gm) ?? [];
    expect(secrets.length).toBeGreaterThan(2);
    for (const line of secrets)
      expect(line).toMatch(
        /: \$\{(DB_PASS:\?[^}]+|METABASE_(DB_PASS|ADMIN_PASSWORD(_FILE)?):-)\}$/,
      );
    expect(text('compose.citus.yml')).not.toMatch(/trust/);
  });

  test('opens ports to this machine only', () => {
    const ports = Object.values(cluster).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(1);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});
