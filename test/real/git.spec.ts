import { randomBytes } from 'node:crypto';
import { gitCommitAction } from '../../src/orchestrator/actions/git/commit.action.js';
import { Git } from '../../src/orchestrator/actions/git/git-session.js';
import { Remotes } from '../../src/orchestrator/actions/git/remotes.js';
import { Templates } from '../../src/orchestrator/actions/git/template.js';
import { Programs } from '../../src/platform/programs/index.js';
import type { JsonObject } from '../../src/shared/index.js';
import { ActionBench } from '../builders/action-bench.js';
import { SecretsInMemory } from '../fakes/secrets-in-memory.js';
import { leftOut } from './left-out.js';

const {
  QM_REAL_GIT_REMOTE: remote = '',
  QM_REAL_GIT_USER: username = '',
  QM_REAL_GIT_PASSWORD: password = '',
  QM_REAL_GIT_KEY: key = '',
  QM_REAL_GIT_KNOWN_HOSTS: knownHosts = '',
  QM_REAL_GIT_NETWORKS: networks = '',
} = process.env;

describe('git:commit', () => {
  if (remote === '') {
    leftOut('a Git server', 'QM_REAL_GIT_REMOTE is not set');
    return;
  }

  it('commits to a new branch once, finds it, and takes it back', async () => {
    const branch = `quartermaster-${randomBytes(6).toString('hex')}`;
    const secrets = new SecretsInMemory();
    const ref = await secrets.put('git', { username, password, key }, { idempotencyKey: 'given' });
    const login: JsonObject = key === '' ? { ref } : { ref, keyField: 'key', knownHosts };
    const remotes = new Remotes({ allowed: [remote], networks: networks === '' ? [] : networks.split(',') });
    const git = new Git(remotes, new Programs(), { git: '/usr/bin/git', ssh: '/usr/bin/ssh' });
    const bench = new ActionBench(gitCommitAction(git, new Templates(null)), secrets);
    const input = {
      remote,
      branch,
      files: { [`${branch}.txt`]: 'Made by the tests of Quartermaster.\n' },
      message: `Test ${branch}`,
      ...((key !== '' || password !== '') && { login }),
    };
    expect(await bench.plan(input)).toMatchObject({ kind: 'create' });
    const made = await bench.apply(input, branch);
    expect((await bench.apply(input, branch)).output).toEqual(made.output);
    expect(await bench.read(made.state)).toMatchObject({ exists: true });
    await bench.destroy(made.state, branch);
    expect(await bench.read(made.state)).toMatchObject({ exists: false });
  });
});
