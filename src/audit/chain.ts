import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../shared/index.js';

export const CHAINS = 16;

/** Everything a hash covers. Stored as these very bytes, so that verification never depends on how JSON is rendered again. */
export interface AuditBody {
  id: string;
  chain: number;
  sequence: number;
  at: string;
  type: string;
  actor: { kind: string; id: string };
  subject: { kind: string; id: string };
  traceId: string;
  summary: string;
  data: Json;
}

/** Before it has its place. */
export type UnlinkedBody = Omit<AuditBody, 'sequence' | 'at'>;

/** All events of one subject are in one chain, so that its trail is in one order. */
export function chainOf(subject: { kind: string; id: string }): number {
  return createHash('sha256').update(`${subject.kind}:${subject.id}`).digest().readUInt8(0) % CHAINS;
}

/** RFC 8785 bytes of the body. */
export function bodyBytes(body: AuditBody): Buffer {
  return Buffer.from(canonicalJson(body), 'utf8');
}

/** {@link bodyBytes} around what is known only as it is appended: before its moment, before its number, and after. Keys are in RFC 8785's order. */
export function bodyAround({
  actor,
  subject,
  summary,
  traceId,
  type,
  ...event
}: UnlinkedBody): [string, string, string] {
  const { chain, data, id } = event;
  const within = (part: object) => canonicalJson(part).slice(1, -1);
  return [
    `{${within({ actor })},"at":"`,
    `",${within({ chain, data, id })},"sequence":`,
    `,${within({ subject, summary, traceId, type })}}`,
  ];
}

/** The link: SHA-256 over the previous hash, a newline and the body's bytes. */
export function linkHash(previousHash: string, body: Buffer): string {
  return createHash('sha256').update(previousHash).update('\n').update(body).digest('hex');
}
