import type { Range } from './known-secrets.js';

/** What secrets of well-known providers look like. All quantifiers are bounded or over one class, so matching is linear. */
const SHAPES: readonly RegExp[] = [
  /\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b/g,
  /\b(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{36,255}\b/g,
  /\bgithub_pat_[A-Za-z0-9_]{22,255}\b/g,
  /\bgl(?:pat|ptt|dt|rt|cbt|ft|soat|imt|agent)-[A-Za-z0-9_.-]{20,300}/g,
  /\bx(?:ox[a-z](?:\.xox[a-z])?|app)-[A-Za-z0-9%-]{10,250}/g,
  /\bhooks\.slack\.com\/(?:services|workflows|actions|commands|triggers)\/[A-Za-z0-9/_-]{20,200}/g,
  /\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,247}\b/g,
  /\bwhsec_[A-Za-z0-9+/=]{24,100}/g,
  /\bsk-(?:ant-|proj-|svcacct-|or-)?[A-Za-z0-9_-]{20,200}/g,
  /\bAIza[A-Za-z0-9_-]{35}/g,
  /\b(?:ya29\.|1\/\/0)[A-Za-z0-9_-]{20,500}/g,
  /\bGOCSPX-[A-Za-z0-9_-]{28}/g,
  /\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{30,64}/g,
  /\bSK[0-9a-f]{32}\b/g,
  /\bnpm_[A-Za-z0-9]{36}\b/g,
  /\bpypi-[A-Za-z0-9_-]{50,250}/g,
  /\b(?:dop|doo|dor)_v1_[a-f0-9]{64}\b/g,
  /\b(?:dckr_pat_|pscale_(?:tkn|pw|oauth)_|sbp_|glsa_|glc_|lin_api_|ntn_|hf_|shp(?:at|ca|pa|ss)_|dp\.(?:pt|st|ct)\.|sntry[su]_|nvapi-|rubygems_|PMAK-|NRAK-|figd_|tskey-[a-z]{2,10}-|ATATT3|ATCTT3|HRKU-)[A-Za-z0-9_=.-]{20,300}/g,
  /\bdapi[a-f0-9]{32}\b/g,
  /\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b/g,
  /\bhv[sbr]\.[A-Za-z0-9_-]{20,300}/g,
  /\b[sb]\.[A-Za-z0-9]{24}\b/g,
  /\bey[A-Za-z0-9_-]{10,2000}\.(?:ey[A-Za-z0-9_-]{8,8000})?\.?[A-Za-z0-9_-]{8,1000}(?:\.[A-Za-z0-9_-]{8,4000}){0,2}/g,
];

/** The first group is kept, what follows is hidden. */
const LABELLED: readonly RegExp[] = [
  /(:\/\/[^\s:/@?#]{0,80}:)(?!<)[^\s@/]{1,200}(?=@)/g,
  /(\b(?:proxy-)?authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:(?:basic|bearer|token|apikey|digest|negotiate)\s{1,3})?)(?!(?:basic|bearer|token|apikey|digest|negotiate)\b)[A-Za-z0-9._~+/=:-]{6,4000}/gi,
  /(\bbearer\s{1,3})[A-Za-z0-9._~+/=-]{16,4000}/gi,
  /(\b(?:set-)?cookie["']?\s{0,3}:\s{0,3}["']?)[^\r\n"']{6,4000}/gi,
  /(\b(?:PGPASSWORD|AccountKey|SharedAccessKey|sig)=)[^\s"'&;]{4,400}/gi,
];

const KEY_BEGIN = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const KEY_END = /-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const KEY_BODY = /(?:[A-Za-z0-9+/=]{16,}|[\s\\nr])*/y;

const LABEL =
  /(?:password|passwd|passphrase|pwd|passcode|secret|token|credentials?|api[_-]?key|access[_-]?key(?:[_-]id)?|secret[_-]?key|private[_-]?key|encryption[_-]?key|signing[_-]?key|client[_-]?secret)\\?["']?(\s{0,3}(?:=>|:=|=|:)\s{0,3})\\?(["']?)([^\s"',;&)}\]\\]{4,400})/gi;
/** A type, a placeholder, a reference or a mask stands where a value would. */
const NOT_A_VALUE =
  /^(?:\$|<|\*|\{|%[a-z(]|\[|x{3,}$|secret:|kv:|vault:|env[.:]|process\.env|\(|(?:string|number|boolean|null|undefined|true|false|none|required|optional|redacted|hidden|yes|no)\b)/i;
const PLAIN_WORD = /^[A-Za-z][a-z]*[.!?:…]*$/;

/** Where something stands that has the shape of a known provider's secret, or a label that says it is one. */
export function findShapes(text: string): Range[] {
  const found: Range[] = [];
  for (const shape of SHAPES)
    for (const match of text.matchAll(shape)) found.push({ start: match.index, end: match.index + match[0].length });
  for (const shape of LABELLED) {
    for (const match of text.matchAll(shape))
      found.push({ start: match.index + (match[1]?.length ?? 0), end: match.index + match[0].length });
  }
  return [...found, ...labelled(text), ...privateKeys(text)];
}

/** From the first line to the last. Without a last line, as far as base64 goes: a cut-off key is a key. */
function privateKeys(text: string): Range[] {
  const found: Range[] = [];
  let mayEnd = true;
  KEY_BEGIN.lastIndex = 0;
  for (let match = KEY_BEGIN.exec(text); match !== null; match = KEY_BEGIN.exec(text)) {
    const after = KEY_BEGIN.lastIndex;
    const last: number | null = mayEnd ? endOf(KEY_END, text, after) : null;
    // Looked for once in vain, it isn't further on either: a text of first lines only must not take forever.
    mayEnd = last !== null;
    const end = last ?? endOf(KEY_BODY, text, after) ?? after;
    found.push({ start: match.index, end });
    KEY_BEGIN.lastIndex = end;
  }
  return found;
}

function endOf(pattern: RegExp, text: string, from: number): number | null {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : null;
}

/** `password=…`, `"token": "…"`. Prose after a colon (“the password: ask Lea”) is told apart by being one plain word. */
function labelled(text: string): Range[] {
  const found: Range[] = [];
  for (const match of text.matchAll(LABEL)) {
    const [whole, separator = '', quote = '', value = ''] = match;
    const prose = separator.includes(':') && quote === '' && PLAIN_WORD.test(value);
    if (prose || NOT_A_VALUE.test(value)) continue;
    const end = match.index + whole.length;
    found.push({ start: end - value.length, end });
  }
  return found;
}
