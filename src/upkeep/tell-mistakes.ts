import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { Catalog } from '../catalog/index.js';
import { Notices, type Recipient } from '../platform/changes/index.js';
import { Transactions } from '../platform/database/index.js';
import type { DocumentProblem } from '../platform/documents/index.js';
import { Policy } from '../policy/index.js';
import { digestOf } from '../shared/index.js';
import { UPKEEP_OPTIONS, type UpkeepOptions } from './upkeep.options.js';

const SHOWN = 5;

/** Tells who owns a file what is wrong in it: once a mistake, however many replicas read it and however often. */
@Injectable()
export class TellMistakes {
  constructor(
    private readonly transactions: Transactions,
    private readonly notices: Notices,
    private readonly catalog: Catalog,
    private readonly policy: Policy,
    @Inject(UPKEEP_OPTIONS) private readonly options: UpkeepOptions,
  ) {}

  /** All that is wrong now; files that are not among it any more count as mended. Warnings alone are not told. */
  async tell(problems: readonly DocumentProblem[]): Promise<void> {
    const broken = [...new Set(problems.filter(({ severity }) => severity === 'error').map(({ file }) => file))];
    await this.transactions.query(
      'update broken_files set mended_at = now() where mended_at is null and not file = any($1)',
      [broken],
    );
    for (const file of broken)
      await this.tellOne(
        file,
        problems.filter((problem) => problem.file === file),
      );
  }

  private async tellOne(file: string, problems: readonly DocumentProblem[]): Promise<void> {
    const digest = digestOf(problems.map(({ line, column, message }) => ({ line, column, message })));
    const to = await this.recipient(file);
    await this.transactions.run(async (tx) => {
      const [told] = await tx.query<{ at: string }>(
        `insert into broken_files (file, digest, recipient) values ($1, $2, $3)
         on conflict (file) do update set digest = excluded.digest, recipient = excluded.recipient, told_at = now(), mended_at = null
           where broken_files.digest <> excluded.digest
             or (broken_files.mended_at is not null and broken_files.told_at < now() - interval '1 day')
         returning extract(epoch from told_at)::text as at`,
        [file, digest, JSON.stringify(to)],
      );
      if (told === undefined) {
        await tx.query('update broken_files set mended_at = null where file = $1 and mended_at is not null', [file]);
        return;
      }
      await this.notices.post(tx, {
        key: `file-broken:${file}:${told.at}`,
        to,
        template: 'file-broken',
        data: {
          file,
          lines: problems
            .slice(0, SHOWN)
            .map(({ line, column, message, remedy }) => `${line}:${column} ${message}; ${remedy}`),
          more: Math.max(0, problems.length - SHOWN),
        },
      });
    });
  }

  /** The team that owns the item in it: the one that is in use, or as it stands in the broken file. */
  private async recipient(file: string): Promise<Recipient> {
    const owner = this.catalog.list().find((item) => item.file === file)?.owner ?? (await this.ownerIn(file));
    const team = this.policy.teams().find(({ id }) => id === owner);
    return { kind: 'channel', channel: team?.channel ?? this.options.channel };
  }

  private async ownerIn(file: string): Promise<string | null> {
    const [, name] = /^catalog\/((?:items|policies)\/[^/]+)$/.exec(file) ?? [];
    if (name === undefined) return null;
    const source = await readFile(join(this.options.catalogDir, name), 'utf8').catch(() => '');
    return /^owner: *["']?([a-z0-9-]+)/m.exec(source)?.[1] ?? null;
  }
}
