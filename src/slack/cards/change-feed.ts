import { Injectable } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { CHANGES_CHANNEL } from '../../platform/changes/index.js';
import { Logger } from '../../platform/logging/index.js';
import { messageOf } from '../../shared/index.js';

const RECONNECT_MILLISECONDS = 1_000;

/** Listens for changes on a connection of its own, and comes back when that breaks. What is missed meanwhile, the tick finds. */
@Injectable()
export class ChangeFeed {
  private client: pg.Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private open = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly logger: Logger,
  ) {}

  async start(onChange: () => void): Promise<void> {
    this.open = true;
    await this.connect(onChange);
  }

  async stop(): Promise<void> {
    this.open = false;
    clearTimeout(this.retry);
    await this.client?.end().catch(() => undefined);
    this.client = undefined;
  }

  private async connect(onChange: () => void): Promise<void> {
    const { options } = this.dataSource;
    if (options.type !== 'postgres' || options.url === undefined) return;
    const client = new pg.Client({
      connectionString: options.url,
      application_name: 'quartermaster-changes',
      keepAlive: true,
    });
    this.client = client;
    client.on('notification', onChange);
    client.on('error', (error) => {
      this.lost(client, error, onChange);
    });
    client.on('end', () => {
      this.lost(client, null, onChange);
    });
    try {
      await client.connect();
      await client.query(`listen ${CHANGES_CHANNEL}`);
      onChange();
    } catch (error) {
      this.lost(client, error, onChange);
    }
  }

  private lost(client: pg.Client, error: unknown, onChange: () => void): void {
    if (!this.open || this.client !== client) return;
    this.client = undefined;
    this.logger.warn('The feed of changes was interrupted; it comes back', {
      error: error === null ? 'ended' : messageOf(error),
    });
    client.end().catch(() => undefined);
    this.retry = setTimeout(() => void this.connect(onChange), RECONNECT_MILLISECONDS);
    this.retry.unref();
  }
}
