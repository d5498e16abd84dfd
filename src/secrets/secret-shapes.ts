import type { Range } from './known-secrets.js';

/** What secrets of well-known providers look like. All quantifiers are bounded or over one class, so matching is linear. */
const SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]{1,8000}?-----END [A-Z ]{0,40}PRIVATE KEY-----/g,
  /\b(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{36,255}\b/g,
  /\bgithub_pat_[A-Za-z0-9_]{22,255}\b/g,
  /\bglpat-[A-Za-z0-9_-]{20,64}/g,
  /\bx(?:ox[abeoprs]|app)-[A-Za-z0-9-]{10,250}/g,
  /\bhooks\.slack\.com\/(?:services|workflows|actions|commands)\/[A-Za-z0-9/_-]{20,200}/g,
  /\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,128}\b/g,
  /\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{20,200}/g,
  /\bAIza[A-Za-z0-9_-]{35}/g,
  /\bya29\.[A-Za-z0-9_-]{20,500}/g,
  /\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{30,64}/g,
  /\bnpm_[A-Za-z0-9]{36}\b/g,
  /\bpypi-[A-Za-z0-9_-]{50,250}/g,
  /\bdop_v1_[a-f0-9]{64}\b/g,
  /\bhv[sbr]\.[A-Za-z0-9_-]{20,300}/g,
  /\b[sb]\.[A-Za-z0-9]{24}\b/g,
  /\beyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,1000}/g,
];

/** The first group is kept, what follows is hidden. */
const LABELLED: readonly RegExp[] = [
  /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{0,80}:)[^\s@/]{1,200}(?=@)/gi,
  /(\b(?:authorization|proxy-authorization)["']?\s{0,3}[:=]\s{0,3}["']?(?:basic|bearer|token)\s{1,3})[A-Za-z0-9._~+/=-]{6,2000}/gi,
  /(\bbearer\s{1,3})[A-Za-z0-9._~+/=-]{16,2000}/gi,
  /(\b[a-z0-9_.-]{0,40}(?:password|passwd|passphrase|secret|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?token|access[_-]?token|pgpassword)["']?\s{0,3}(?:=|:|=>)\s{0,3}["']?)[^\s"',;&]{4,400}/gi,
];

const TELLING = /(?:key|token|secret|passw|pwd|credential|auth|session|signature|private)/i;
const CANDIDATE = /[A-Za-z0-9+/_=-]{16,200}/g;
const NEIGHBOURHOOD = 60;
const MINIMUM_ENTROPY = 3;

/** Where something with the shape of a secret stands, known or not. */
export function findShapes(text: string): Range[] {
  const found: Range[] = [];
  for (const shape of SHAPES)
    for (const match of text.matchAll(shape)) found.push({ start: match.index, end: match.index + match[0].length });
  for (const shape of LABELLED) {
    for (const match of text.matchAll(shape))
      found.push({ start: match.index + (match[1]?.length ?? 0), end: match.index + match[0].length });
  }
  for (const match of text.matchAll(CANDIDATE)) {
    if (looksRandom(match[0]) && TELLING.test(text.slice(Math.max(0, match.index - NEIGHBOURHOOD), match.index))) {
      found.push({ start: match.index, end: match.index + match[0].length });
    }
  }
  return found;
}

function looksRandom(token: string): boolean {
  return (
    /\d/.test(token) &&
    /[A-Za-z]/.test(token) &&
    entropy(token) >= MINIMUM_ENTROPY &&
    !/^[a-z]{3}-[0-9a-z]{8}$/.test(token) &&
    !/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(token)
  );
}

/** Shannon entropy in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
