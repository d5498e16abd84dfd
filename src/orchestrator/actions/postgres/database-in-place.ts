import { ActionFailed, type PlannedEffect } from '../../action.js';
import { CONNECTION_LIMIT, databaseFacts, mendDatabase, OWNER } from './facts.js';
import { type PostgresTarget, quoted } from './target.js';
import { lookForMade } from './unfinished-database.js';

/** A database that lives. */
export interface LivingDatabase {
  readonly database: string;
  readonly key: string;
  /** Which were switched on by us; null of those that were made before anybody wrote it down. */
  readonly extensions: readonly string[] | null;
}

interface WantedDatabase {
  readonly name: string;
  readonly owner: string;
  readonly extensions: readonly string[];
  readonly connectionLimit: number;
}

/** What would be changed of it. */
export async function planInPlace(
  target: PostgresTarget,
  living: LivingDatabase,
  wanted: WantedDatabase,
): Promise<PlannedEffect> {
  const facts = await factsOf(target, living, wanted);
  const { on, off } = await extensionsToChange(target, living, wanted.extensions);
  const known = await target.as(null, (sql) =>
    sql<{ name: string }>('select name from pg_available_extensions where name = any($1)', [on]),
  );
  const missing = on.filter((name) => !known.some((row) => row.name === name));
  if (missing.length > 0) return { kind: 'cannot', summary: `The server does not have: ${missing.join(', ')}.` };
  const limit = facts[CONNECTION_LIMIT];
  const words = [
    ...(limit === wanted.connectionLimit ? [] : [`connection limit ${String(limit)} → ${wanted.connectionLimit}`]),
    ...(on.length === 0 ? [] : [`switches on ${on.join(', ')}`]),
    ...(off.length === 0 ? [] : [`switches off ${off.join(', ')}, unless something uses it`]),
  ];
  if (words.length === 0) return { kind: 'none', summary: `Database ${living.database} is so already` };
  return { kind: 'change', summary: `Database ${living.database}: ${words.join('; ')}`, details: [] };
}

/** Those that are ours once it is changed: written down before. */
export async function intendInPlace(
  target: PostgresTarget,
  living: LivingDatabase,
  wanted: readonly string[],
): Promise<string[]> {
  const { on } = await extensionsToChange(target, living, wanted);
  return [...(living.extensions ?? []), ...on];
}

/** Makes it so; what is in it stays. `living` knows which extensions are ours. */
export async function changeInPlace(
  target: PostgresTarget,
  living: LivingDatabase,
  wanted: WantedDatabase,
  signal: AbortSignal,
): Promise<{ database: string; key: string; extensions: string[] }> {
  const facts = await factsOf(target, living, wanted);
  const { connectionLimit } = wanted;
  if (facts[CONNECTION_LIMIT] !== connectionLimit)
    await target.as(null, (sql) => mendDatabase(sql, living.database, { [CONNECTION_LIMIT]: connectionLimit }), signal);
  const { on, off } = await extensionsToChange(target, living, wanted.extensions);
  await target.as(
    living.database,
    async (sql) => {
      for (const name of on) await sql(`create extension if not exists ${quoted(name)} cascade`);
      // Without `cascade`: what uses it is not ours.
      for (const name of off) await sql(`drop extension if exists ${quoted(name)}`);
    },
    signal,
  );
  const ours = (living.extensions ?? []).filter((name) => !off.includes(name));
  return { database: living.database, key: living.key, extensions: ours };
}

/** @throws ActionFailed where it is not what is wanted, and can't become it */
async function factsOf(
  target: PostgresTarget,
  living: LivingDatabase,
  { name, owner }: WantedDatabase,
): Promise<Awaited<ReturnType<typeof databaseFacts>>> {
  if (living.database !== name)
    throw new ActionFailed(`Database ${living.database} can’t be renamed to ${name} while it is in use.`, false);
  return target.as(null, async (sql) => {
    if (!(await lookForMade(sql, living)).exists)
      throw new ActionFailed(`Database ${name} is not there, or not ours. Reconcile it first.`, false);
    const facts = await databaseFacts(sql, name);
    if (facts[OWNER] !== owner)
      throw new ActionFailed(
        `Database ${name} belongs to ${String(facts[OWNER])}; its owner can’t be changed in place.`,
        false,
      );
    return facts;
  });
}

async function extensionsToChange(
  target: PostgresTarget,
  { database, extensions: ours }: LivingDatabase,
  wanted: readonly string[],
): Promise<{ on: string[]; off: string[] }> {
  const rows = await target.as(database, (sql) => sql<{ name: string }>('select extname as name from pg_extension'));
  const there = new Set(rows.map(({ name }) => name));
  return {
    on: wanted.filter((name) => !there.has(name)),
    off: (ours ?? []).filter((name) => there.has(name) && !wanted.includes(name)),
  };
}
