import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A catalog with one item whose form has every source of options, and the Git repositories that it looks into. */
export class OptionsCatalog {
  private constructor(readonly folder: string) {}

  static async make(server: string, extra = ''): Promise<OptionsCatalog> {
    const made = new OptionsCatalog(await mkdtemp(join(tmpdir(), 'quartermaster-options-')));
    await cp('catalog', made.catalogDir, { recursive: true });
    await writeFile(join(made.catalogDir, 'items/release.yaml'), releaseItem(server, made.repositories, extra));
    for (const [name, branches] of Object.entries({ shop: ['main', 'feature/cart'], ledger: ['main', 'hotfix/tax'] }))
      await makeRepository(join(made.repositories, name), branches);
    return made;
  }

  get catalogDir(): string {
    return join(this.folder, 'catalog');
  }

  get repositories(): string {
    return join(this.folder, 'git');
  }

  addBranch(repository: string, branch: string): void {
    git(join(this.repositories, repository), 'branch', branch);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function makeRepository(folder: string, branches: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const [first = 'main', ...others] = branches;
  git(folder, 'init', '--quiet', `--initial-branch=${first}`);
  git(folder, '-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '--quiet', '--allow-empty', '-m', 'x');
  for (const branch of others) git(folder, 'branch', branch);
}

function git(folder: string, ...args: string[]): void {
  execFileSync('/usr/bin/git', ['-C', folder, ...args], { stdio: 'ignore' });
}

const countries = Array.from({ length: 150 }, (_, n) => `          - { const: c${n}, title: Country ${n} }`).join('\n');

function releaseItem(server: string, repositories: string, extra: string): string {
  return `
name: release
title: Release
summary: Every source of options in one form.
version: 1.0.0
owner: platform
environments: [development, staging, production]
parameters:
  required: [repository, branch]
  properties:
    repository: { type: string, title: Repository, enum: [shop, ledger] }
    branch:
      type: string
      title: Branch
      x-options:
        from: action
        action: git:branches
        with: { repository: "${repositories}/\${{ params.repository }}" }
    region:
      type: string
      title: Region
      x-options:
        from: http
        url: ${server}/regions?environment=\${{ request.environment }}
        items: \${{ response.regions }}
        value: \${{ item.id }}
        title: \${{ item.name }}
    zones:
      type: array
      title: Zones
      maxItems: 2
      items: { type: string, x-options: { from: http, url: "${server}/zones?environment=\${{ request.environment }}", whenDown: accept } }
    country:
      type: string
      title: Country
      oneOf:
${countries}
    sibling: { type: string, title: Sibling, x-options: { from: catalog } }
    neighbour:
      type: string
      title: Neighbour
      x-options: { from: resources, kind: demo-service, value: "\${{ resource.parameters.name }}" }
${extra}
lease: { defaultHours: 4, maxHours: 24, warnHoursBefore: 1, extendHours: 4 }
resource: { kind: release, title: "\${{ params.repository }} \${{ params.branch }}" }
steps:
  - { name: show, title: Show, action: "demo:progress", with: { label: "\${{ params.branch }}", ticks: 1 } }
outputs: { branch: "\${{ params.branch }}" }
`;
}
