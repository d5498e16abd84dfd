import type { z } from 'zod';
import { YamlDocument } from '../../platform/documents/index.js';
import { documentDigest } from '../document-digest.js';
import type { Kept } from '../loading/load-documents.js';
import type { StoredVersion } from './version-store.js';

/** A stored version as the code of today understands it; null if it no longer does, or is not what its digest says. */
export function reviveVersion<D>(parser: z.ZodType<D>, stored: StoredVersion | null): Kept<D> | null {
  if (stored === null) return null;
  const { source, file, digest } = stored;
  const read = YamlDocument.read(source, file);
  if (!read.ok || documentDigest(read.document.value) !== digest) return null;
  const parsed = parser.safeParse(read.document.value);
  return parsed.success ? { ...parsed.data, digest, file } : null;
}
