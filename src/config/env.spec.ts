import { readFileSync } from 'node:fs';
import { InvalidEnvironment, parseEnv } from './env.js';

describe('the environment', () => {
  it('is embedded when nothing is set', () => {
    const env = parseEnv({});
    expect(env.slack).toEqual({ kind: 'playground', port: 4390, socketMode: false });
    expect(env.secrets).toEqual({ kind: 'local' });
    expect(env.database.url).toBeUndefined();
  });

  it('takes an empty variable for an unset one', () => {
    expect(parseEnv({ DATABASE_URL: '', PORT: '' }).port).toBe(3000);
  });

  it('names every problem at once and no value', () => {
    const secret = 'hunter2-not-to-be-seen';
    const act = () =>
      parseEnv({
        NODE_ENV: 'production',
        PORT: 'many',
        DATABASE_URL: secret,
        SLACK_SIGNING_SECRET: secret,
        VAULT_ROLE_ID: secret,
      });
    expect(act).toThrow(InvalidEnvironment);
    try {
      act();
    } catch (error) {
      const text = (error as Error).message;
      for (const name of ['PORT', 'DATABASE_URL', 'SLACK_BOT_TOKEN', 'PUBLIC_URL', 'VAULT_ROLE_ID', 'VAULT_ADDR'])
        expect(text).toContain(name);
      expect(text).not.toContain(secret);
    }
  });

  it('reads the lists of hosts and programs; a shell or a relative path is no program', () => {
    const env = parseEnv({
      HTTP_ALLOWED_HOSTS: ' a.org, *.b.org ,',
      EXEC_PROGRAMS: 'render=/usr/bin/render, go-1=/opt/go',
    });
    expect(env.httpAllowedHosts).toEqual(['a.org', '*.b.org']);
    expect(env.execPrograms).toEqual({ render: '/usr/bin/render', 'go-1': '/opt/go' });
    const repositories = 'https://git.example.org/a,ssh://git@git.example.org/,/srv/git';
    expect(parseEnv({ OPENTOFU_PROGRAM: '/usr/bin/tofu' }).opentofuProgram).toBe('/usr/bin/tofu');
    for (const name of ['OPENTOFU_PROGRAM', 'HELM_PROGRAM'])
      expect(() => parseEnv({ [name]: 'bin/it' })).toThrow(`${name}: must be an absolute path`);
    const clusters = {
      KUBERNETES_CLUSTERS: 'staging=kind-staging, here=in-cluster',
      KUBERNETES_CONFIG: '/etc/kubeconfig',
    };
    expect(parseEnv(clusters).clusters).toEqual({
      kubeconfig: '/etc/kubeconfig',
      contexts: { staging: 'kind-staging', here: 'in-cluster' },
    });
    expect(parseEnv({ KUBERNETES_CLUSTERS: 'here=in-cluster' }).clusters).toEqual({ contexts: { here: 'in-cluster' } });
    expect(() => parseEnv({ KUBERNETES_CLUSTERS: 'staging=kind' })).toThrow(/KUBERNETES_CONFIG: must name/);
    expect(() => parseEnv({ KUBERNETES_CLUSTERS: 'https://staging.example.org' })).toThrow(/KUBERNETES_CLUSTERS/);
    expect(parseEnv({ GIT_REPOSITORIES: repositories }).git.repositories).toHaveLength(3);
    for (const wrong of ['git.example.org', 'https://u:p@git.example.org/', 'ssh://u:p@h/', 'relative/', '/a/../b'])
      expect(() => parseEnv({ GIT_REPOSITORIES: wrong })).toThrow(/GIT_REPOSITORIES/);
    for (const wrong of ['render', 'render=bin/render', 'Render=/x', 'x=/bin/bash', 'x=/usr/bin/env', '=/x'])
      expect(() => parseEnv({ EXEC_PROGRAMS: wrong })).toThrow(/EXEC_PROGRAMS/);
  });

  it('chooses Socket Mode by the app token and signed HTTP by the signing secret', () => {
    const socket = parseEnv({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' });
    expect(socket.slack).toMatchObject({ kind: 'workspace', transport: { mode: 'socket' } });
    const http = parseEnv({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 's' });
    expect(http.slack).toMatchObject({ kind: 'workspace', transport: { mode: 'http' } });
    expect(() => parseEnv({ SLACK_BOT_TOKEN: 'xoxb-1' })).toThrow(/SLACK_SIGNING_SECRET/);
  });

  it('refuses to start the playground or the embedded server in production', () => {
    expect(() => parseEnv({ NODE_ENV: 'production' })).toThrow(/SLACK_BOT_TOKEN[\s\S]*DATABASE_URL/);
  });

  it('takes the catalog from a folder, or from a folder of a Git repository', () => {
    expect(parseEnv({}).catalogGit).toBeUndefined();
    const env = parseEnv({ DATA_DIR: '/data', CATALOG_GIT_URL: 'https://git.example.org/acme/catalog.git' });
    expect(env.catalogGit).toMatchObject({ ref: 'main', folder: '/data/catalog-git' });
    expect([env.catalogDir, env.runbooksDir]).toEqual([
      '/data/catalog-git/current/catalog',
      '/data/catalog-git/current/runbooks',
    ]);
    const url = { CATALOG_GIT_URL: '/srv/git/catalog.git' };
    for (const wrong of ['--upload-pack=x', 'a..b', 'a b'])
      expect(() => parseEnv({ ...url, CATALOG_GIT_REF: wrong })).toThrow(/CATALOG_GIT_REF/);
    for (const wrong of ['/etc', '../x', 'a/../../b'])
      expect(() => parseEnv({ ...url, CATALOG_DIR: wrong })).toThrow(/CATALOG_DIR/);
    expect(() => parseEnv({ CATALOG_GIT_URL: 'https://u:p@git.example.org/x' })).toThrow(/CATALOG_GIT_URL/);
  });

  it('is described in .env.example, variable by variable', () => {
    const described = [...readFileSync('.env.example', 'utf8').matchAll(/^([A-Z_]+)=/gm)]
      .map((match) => match[1])
      .sort();
    const source = readFileSync('src/config/env.ts', 'utf8');
    const read = [...source.matchAll(/^ {2}([A-Z_]+): /gm)].map((match) => match[1]).sort();
    expect(read.length).toBeGreaterThan(25);
    expect(described).toEqual(read);
  });
});
