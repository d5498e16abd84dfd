import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import {
  type DocumentProblem,
  formatProblem,
  readYamlFile,
  schemaProblems,
  YamlDocument,
} from '../platform/documents/index.js';
import type { Clock } from '../shared/index.js';
import { NobodyOnCall } from './identity.errors.js';
import { type OnCallSchedule, onCallAt, onCallParser } from './on-call-schedule.js';
import type { People } from './people.js';
import type { Person } from './person.js';

const FILE = 'catalog/on-call.yaml';

/** Who is on call, by `catalog/on-call.yaml`. A broken file keeps the schedule that was last read. */
export class OnCall {
  private readonly logger = new Logger(OnCall.name);
  private schedule: OnCallSchedule | null = null;
  private found: readonly DocumentProblem[] = [];

  constructor(
    private readonly catalogDir: string,
    private readonly people: People,
    private readonly clock: Clock,
  ) {}

  /** Reads the file again. Never throws for what is in it. */
  async reload(): Promise<void> {
    const reading = await readOnCallFile(this.catalogDir);
    this.found = reading.problems;
    if ('schedule' in reading) this.schedule = reading.schedule;
    for (const problem of this.found) this.logger.warn(formatProblem(problem));
  }

  /** @throws NobodyOnCall if the schedule names nobody for now, or somebody Slack doesn't know. */
  async current(): Promise<Person> {
    const email = this.schedule === null ? null : onCallAt(this.schedule, this.clock.now());
    if (email === null) throw new NobodyOnCall();
    try {
      return await this.people.withEmail(email);
    } catch (error) {
      throw new NobodyOnCall(error);
    }
  }

  problems(): readonly DocumentProblem[] {
    return this.found;
  }
}

type Reading =
  | { schedule: OnCallSchedule; problems: readonly DocumentProblem[] }
  | { problems: readonly DocumentProblem[] };

async function readOnCallFile(catalogDir: string): Promise<Reading> {
  const { files, problems } = await readYamlFile(join(catalogDir, 'on-call.yaml'), FILE);
  const [file] = files;
  return file === undefined ? { problems } : readOnCall(file.source);
}

/** Checks the schedule as the bot would at start. */
export async function lintOnCall(catalogDir: string): Promise<readonly DocumentProblem[]> {
  return (await readOnCallFile(catalogDir)).problems;
}

/** Reads and checks a schedule's text. Never throws. */
export function readOnCall(source: string): Reading {
  const read = YamlDocument.read(source, FILE);
  if (!read.ok) return { problems: read.problems };
  const parsed = onCallParser.safeParse(read.document.value);
  if (parsed.success) return { schedule: parsed.data, problems: [] };
  return { problems: schemaProblems(read.document, parsed.error.issues) };
}
