import type { Range } from './known-secrets.js';

const TELLING = /key|token|secret|passw|pwd|credential|auth|session|signature|private|bearer|cookie/i;
const CANDIDATE = /[A-Za-z0-9+/_-]{16,400}={0,2}/g;
const NEIGHBOURHOOD = 60;
const MINIMUM_ENTROPY = 3;

const OUR_ID = /^[a-z]{3}-[0-9a-hjkmnp-tv-z]{8}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DIGEST = /^sha(?:1|224|256|384|512)-/;
const DIGEST_BEFORE = /(?:sha\d{1,3}|md5|digest|checksum|commit|fingerprint)["']?[:= ]{1,3}["']?$/i;
const PATH = /^[a-z0-9_/-]*$/;
const WORDS = /^(?:[A-Za-z]+|[A-Za-z]{0,3}\d{1,4}[a-z]?)(?:[-_](?:[A-Za-z]+|[A-Za-z]{0,3}\d{1,4}[a-z]?))+$/;

/** Random-looking tokens with a telling word in the 60 characters before them. */
export function findTokensNearTellingWords(text: string): Range[] {
  const found: Range[] = [];
  if (!TELLING.test(text)) return found;
  for (const match of text.matchAll(CANDIDATE)) {
    const before = text.slice(Math.max(0, match.index - NEIGHBOURHOOD), match.index);
    if (TELLING.test(before) && !DIGEST_BEFORE.test(before) && looksRandom(match[0])) {
      found.push({ start: match.index, end: match.index + match[0].length });
    }
  }
  return found;
}

function looksRandom(token: string): boolean {
  if (!/\d/.test(token) || !/[A-Za-z]/.test(token)) return false;
  if (OUR_ID.test(token) || UUID.test(token) || DIGEST.test(token)) return false;
  if (token.includes('/') && PATH.test(token)) return false;
  return !WORDS.test(token) && !isName(token) && entropy(token) >= MINIMUM_ENTROPY;
}

/** What people and the catalog call things, `payments_production_orders_56b621`: plain words, and a short suffix at most. */
function isName(token: string): boolean {
  const parts = token.split(/[-_]/);
  const words = parts.filter((part) => /^[a-z]{4,}$/.test(part));
  const rest = parts.filter((part) => !words.includes(part));
  return words.length >= 2 && rest.length <= 2 && rest.every((part) => /^[a-z0-9]{0,8}$/.test(part));
}

/** Shannon entropy in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
