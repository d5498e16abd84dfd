import { gunzipSync } from 'node:zlib';

/** Far above what a compiled policy takes; small enough that a hostile archive costs nothing. */
const MAX_UNPACKED = 32 * 1024 * 1024;
const BLOCK = 512;

export interface BundleContents {
  readonly wasm: Uint8Array;
  /** The `data` document; {} when the bundle has none. */
  readonly data: object;
}

export class BadBundle extends Error {}

/** What `opa build -t wasm` wrote: a gzipped tar with `/policy.wasm` and `/data.json`. @throws BadBundle, in a sentence */
export function readBundle(archive: Uint8Array): BundleContents {
  const files = filesOf(unpacked(archive));
  const wasm = files.get('policy.wasm');
  if (wasm === undefined) throw new BadBundle('the bundle has no policy.wasm: build it with opa build -t wasm');
  const data = files.get('data.json');
  return { wasm, data: data === undefined ? {} : dataOf(data) };
}

function unpacked(archive: Uint8Array): Buffer {
  try {
    return gunzipSync(archive, { maxOutputLength: MAX_UNPACKED });
  } catch {
    throw new BadBundle('the bundle is no gzipped archive, or too large');
  }
}

function filesOf(tar: Buffer): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const name = textOf(tar.subarray(at, at + 100)).replace(/^\/+/, '');
    const size = Number.parseInt(textOf(tar.subarray(at + 124, at + 136)).trim() || '0', 8);
    if (name === '' || !Number.isSafeInteger(size) || size < 0) break;
    files.set(name, tar.subarray(at + BLOCK, at + BLOCK + size));
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

function textOf(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? field.length : end);
}

function dataOf(file: Uint8Array): object {
  try {
    const data: unknown = JSON.parse(Buffer.from(file).toString('utf8'));
    if (typeof data === 'object' && data !== null) return data;
  } catch {
    // Said below.
  }
  throw new BadBundle('the bundle’s data.json is no JSON object');
}
