import type { SecretData } from './secret-store.js';
import { isSensitive } from './sensitive-fields.js';

const STYLE = `
:root{color-scheme:light dark;--ink:#1d1c1d;--soft:#5b5a5c;--page:#f6f4f1;--card:#fff;--line:#dedbd6;--act:#4a3aa7;--actink:#fff;--good:#1f7a4d}
@media(prefers-color-scheme:dark){:root{--ink:#f0eef2;--soft:#b0acb8;--page:#17151c;--card:#211e29;--line:#3a3644;--act:#a99cf5;--actink:#17151c;--good:#6fd3a0}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{width:min(40rem,100%);background:var(--card);border:1px solid var(--line);border-radius:14px;padding:2rem;box-shadow:0 10px 30px #0001}
h1{font-size:1.35rem;margin:0 0 .5rem}p{margin:.5rem 0}.soft{color:var(--soft)}.number{font-size:4rem;font-weight:700;letter-spacing:.1em;text-align:center;margin:1rem 0}
button{font:inherit;padding:.55rem 1.1rem;border-radius:8px;border:1px solid var(--line);background:transparent;color:var(--ink);cursor:pointer}button.main{background:var(--act);border-color:var(--act);color:var(--actink);font-weight:600}
button:focus-visible{outline:3px solid var(--act);outline-offset:2px}dl{margin:1.25rem 0;display:grid;grid-template-columns:8rem 1fr auto;gap:.5rem .75rem;align-items:center}dt{color:var(--soft)}dd{margin:0;font-family:ui-monospace,monospace;overflow-wrap:anywhere}
pre{background:var(--page);border:1px solid var(--line);border-radius:8px;padding:.8rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.9rem}`;

export interface PageParts {
  title: string;
  body: string;
  /** Of the Content-Security-Policy: only this style and script may run. */
  nonce: string;
  script?: string;
}

/** A page of its own: no resource from anywhere, nothing kept, nothing sent on. */
export function page({ title, body, nonce, script }: PageParts): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${escape(title)}</title><style nonce="${nonce}">${STYLE}</style></head><body><main>${body}</main>${script === undefined ? '' : `<script nonce="${nonce}">${script}</script>`}</body></html>`;
}

export function startBody(subjectId: string, minutesLeft: number): string {
  return `<h1>Your credentials are waiting</h1><p>For <strong>${escape(subjectId)}</strong>. This link works once, for ${minutesLeft} more minute${minutesLeft === 1 ? '' : 's'}, and only for the person who asked.</p><p class="soft">Next, Quartermaster asks you in Slack whether this browser is yours.</p><form method="post"><p><button class="main" autofocus>Continue</button></p></form>`;
}

export function confirmBody(number: string): string {
  return `<h1>Confirm in Slack</h1><p>Quartermaster sent you a message in Slack. Press the button there that shows this number:</p><p class="number" aria-label="number ${escape(number)}">${escape(number)}</p><p class="soft" id="state" role="status">Waiting for your answer …</p><div id="value"></div>`;
}

export function sorryBody(sentence: string): string {
  return `<h1>Nothing to show</h1><p>${escape(sentence)}</p>`;
}

/** The fields, secret ones masked until asked for, and the command that uses them. */
export function valueBody(data: SecretData): string {
  const rows = Object.entries(data).map(([name, value]) => {
    const hidden = isSensitive(name);
    const shown = hidden
      ? `<span data-mask>••••••••••••</span><span data-plain hidden>${escape(value)}</span>`
      : `<span data-plain>${escape(value)}</span>`;
    const buttons = `${hidden ? `<button type="button" data-show aria-label="Show ${escape(name)}">Show</button> ` : ''}<button type="button" data-copy aria-label="Copy ${escape(name)}">Copy</button>`;
    return `<dt>${escape(name)}</dt><dd>${shown}</dd><div>${buttons}</div>`;
  });
  const psql = psqlCommand(data);
  const command =
    psql === null
      ? ''
      : `<p>To connect now, with psql:</p><pre>${escape(psql)}</pre><p class="soft">It asks for the password: copy it from above.</p>`;
  return `<dl>${rows.join('')}</dl>${command}<p class="soft">This was shown once. Close the page when you are done; for another look press “Show me how” again.</p>`;
}

/** Only of harmless characters: what a person pastes into a shell must not be able to say anything else there. */
const SHELL_SAFE = /^[A-Za-z0-9_.:-]+$/;

function psqlCommand({ url, host, port, database, username }: SecretData): string | null {
  if (url?.startsWith('postgres') !== true) return null;
  const parts = { host, port, dbname: database, user: username };
  const words = Object.entries(parts).map(([name, value = '']) => (SHELL_SAFE.test(value) ? `${name}=${value}` : null));
  return words.includes(null) ? null : `psql "${words.join(' ')}"`;
}

/** Asks every second whether the person has answered, then shows the value and forgets it when the page goes. */
export const WAIT_SCRIPT = `
const state=document.getElementById('state'),value=document.getElementById('value');
async function ask(){const r=await fetch(location.pathname+'/value',{method:'POST',headers:{'x-requested-with':'quartermaster'},cache:'no-store'}).catch(()=>null);if(r===null){setTimeout(ask,3000);return}
if(r.status===202){setTimeout(ask,1000);return}
const text=await r.text();if(r.status===503){state.textContent=text;setTimeout(ask,5000);return}
if(r.ok){document.querySelector('.number').remove();document.querySelector('h1').textContent='Your credentials';state.textContent='Confirmed.';value.innerHTML=text}else{state.textContent=text}}
document.addEventListener('click',async e=>{const b=e.target.closest('button');if(!b)return;const dd=b.parentElement.previousElementSibling;if(!dd)return;const plain=dd.querySelector('[data-plain]');
if(b.hasAttribute('data-show')){const mask=dd.querySelector('[data-mask]');plain.hidden=!plain.hidden;mask.hidden=!plain.hidden;b.textContent=plain.hidden?'Show':'Hide'}
if(b.hasAttribute('data-copy')){await navigator.clipboard.writeText(plain.textContent);b.textContent='Copied'}});
addEventListener('pagehide',()=>{value.replaceChildren()});setTimeout(ask,800);`;

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
