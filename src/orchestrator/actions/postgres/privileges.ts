import { literal, quoted, type Sql } from './target.js';

/** What a role may do with the tables of a schema. */
const LEVELS = {
  read: { table: ['SELECT'], sequence: ['SELECT'] },
  write: { table: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'], sequence: ['SELECT', 'USAGE'] },
} as const;

type Level = keyof typeof LEVELS;

interface Whose {
  readonly schema: string;
  readonly role: string;
  readonly level: Level;
}

/**
 * One right, as JSON of kind, name and privilege. Of the database, the schema, its tables and sequences, and what its owner will make there.
 * Only what the role was given itself counts, not what everybody or another role has.
 */
type Right = string;

interface Row {
  readonly kind: 'database' | 'schema' | 'table' | 'sequence' | 'coming tables' | 'coming sequences';
  readonly name: string;
  readonly privilege: string;
}

const HELD = `
  with me as (select oid from pg_roles where rolname = $1)
  select 'database' as kind, d.datname::text as name, a.privilege_type as privilege from pg_database d, aclexplode(d.datacl) a, me
    where d.datname = current_database() and a.grantee = me.oid
  union select 'schema', n.nspname, a.privilege_type from pg_namespace n, aclexplode(n.nspacl) a, me where n.nspname = $2 and a.grantee = me.oid
  union select case c.relkind when 'S' then 'sequence' else 'table' end, c.relname, a.privilege_type
    from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a, me
    where n.nspname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and a.grantee = me.oid
  union select case d.defaclobjtype when 'S' then 'coming sequences' else 'coming tables' end, o.rolname, a.privilege_type
    from pg_default_acl d join pg_namespace n on n.oid = d.defaclnamespace join pg_roles o on o.oid = d.defaclrole, aclexplode(d.defaclacl) a, me
    where n.nspname = $2 and d.defaclobjtype in ('r', 'S') and a.grantee = me.oid`;

const WANTED = `
  select case c.relkind when 'S' then 'sequence' else 'table' end as kind, c.relname::text as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')`;

/** What the role has already. */
export async function rightsOf(sql: Sql, { schema, role }: Pick<Whose, 'schema' | 'role'>): Promise<Right[]> {
  return (await sql<Row>(HELD, [role, schema])).map(rightOf).sort();
}

/** What it needs, for what is there now and for what `owner` will make. */
export async function rightsFor(
  sql: Sql,
  { schema, level }: Whose,
  { database, owner }: { database: string; owner: string },
): Promise<Right[]> {
  const { table, sequence } = LEVELS[level];
  const there = await sql<Pick<Row, 'kind' | 'name'>>(WANTED, [schema]);
  const each = (kind: Row['kind'], name: string, privileges: readonly string[]): Right[] =>
    privileges.map((privilege) => rightOf({ kind, name, privilege }));
  return [
    ...each('database', database, ['CONNECT']),
    ...each('schema', schema, ['USAGE']),
    ...there.flatMap(({ kind, name }) => each(kind, name, kind === 'sequence' ? sequence : table)),
    ...each('coming tables', owner, table),
    ...each('coming sequences', owner, sequence),
  ].sort();
}

/** Gives or takes these, all or none. */
export async function change(
  sql: Sql,
  verb: 'grant' | 'revoke',
  { schema, role }: Pick<Whose, 'schema' | 'role'>,
  rights: readonly Right[],
): Promise<void> {
  const to = `${verb === 'grant' ? 'to' : 'from'} ${quoted(role)}`;
  await sql('begin');
  for (const right of rights) {
    const { kind, name, privilege } = JSON.parse(right) as Row;
    const coming = /^coming (tables|sequences)$/.exec(kind)?.[1];
    if (coming !== undefined)
      await sql(
        `alter default privileges for role ${quoted(name)} in schema ${quoted(schema)} ${verb} ${privilege} on ${coming} ${to}`,
      );
    else await sql(`${verb} ${privilege} on ${kind} ${placeOf(kind, schema, name)} ${to}`);
  }
  await sql('commit');
}

function placeOf(kind: Row['kind'], schema: string, name: string): string {
  return kind === 'database' || kind === 'schema' ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;
}

function rightOf({ kind, name, privilege }: Row): Right {
  return JSON.stringify({ kind, name, privilege });
}

/** Whose the database is, so that what they make later is readable too; null when there is none of that schema. */
export async function ownerOf(sql: Sql, schema: string): Promise<{ database: string; owner: string } | null> {
  const [row] = await sql<{ database: string; owner: string }>(
    `select current_database()::text as database, r.rolname as owner from pg_database d join pg_roles r on r.oid = d.datdba
     where d.datname = current_database() and exists (select 1 from pg_namespace where nspname = ${literal(schema)})`,
  );
  return row ?? null;
}
