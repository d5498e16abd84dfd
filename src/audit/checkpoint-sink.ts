import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const entrySchema = z.object({ number: z.number(), hash: z.string(), signature: z.string() }).loose();
type SinkEntry = z.infer<typeof entrySchema>;

/** The second place of checkpoints, outside of the database: a file of JSON lines that only grows. */
export class CheckpointSink {
  readonly name = 'the second sink';

  constructor(private readonly file: string) {}

  /** Written through to the disk. What a crash left of a line before is ended first. */
  async append(entry: SinkEntry): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true });
    const handle = await open(this.file, 'a+', 0o600);
    try {
      const { size } = await handle.stat();
      const last = Buffer.alloc(1);
      if (size > 0) await handle.read(last, 0, 1, size - 1);
      const torn = size > 0 && last.toString() !== '\n';
      await handle.appendFile(`${torn ? '\n' : ''}${JSON.stringify(entry)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Every whole line; none when there is no file. Lines that a crash cut are passed over. */
  async *entries(): AsyncGenerator<SinkEntry> {
    const stream = createReadStream(this.file);
    const opened = await new Promise<boolean>((resolve) => {
      stream.once('open', () => {
        resolve(true);
      });
      stream.once('error', () => {
        resolve(false);
      });
    });
    if (!opened) return;
    for await (const line of createInterface({ input: stream })) {
      const entry = entrySchema.safeParse(parsedOrNull(line));
      if (entry.success) yield entry.data;
    }
  }
}

function parsedOrNull(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}
