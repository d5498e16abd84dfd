import type { SecretData } from './secret-store.js';
import { isSensitive } from './sensitive-fields.js';

const STYLE = `
:root{color-scheme:light dark;--ink:#1d1c1d;--soft:#5b5a5c;--page:#f6f4f1;--card:#fff;--line:#dedbd6;--act:#4a3aa7;--actink:#fff;--good:#1f7a4d;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#f0eef2;--soft:#b0acb8;--page:#17151c;--card:#211e29;--line:#3a3644;--act:#a99cf5;--actink:#17151c;--good:#6fd3a0;--bad:#ff9d94}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{width:min(40rem,100%);background:var(--card);border:1px solid var(--line);border-radius:14px;padding:2rem;box-shadow:0 10px 30px #0001}
h1{font-size:1.35rem;margin:0 0 .5rem}p{margin:.5rem 0}.soft{color:var(--soft)}.number{font-size:4rem;font-weight:700;letter-spacing:.1em;text-align:center;margin:1rem 0}
button{font:inherit;padding:.55rem 1.1rem;border-radius:8px;border:1px solid var(--line);background:transparent;color:var(--ink);cursor:pointer}button.main{background:var(--act);border-color:var(--act);color:var(--actink);font-weight:600}
button:focus-visible{outline:3px solid var(--act);outline-offset:2px}dl{margin:1.25rem 0}.row{display:flex;flex-wrap:wrap;gap:.5rem .75rem;align-items:center;margin:.5rem 0}dt{flex:0 0 7rem;color:var(--soft)}dd{flex:1 1 12rem;margin:0;font-family:ui-monospace,monospace;overflow-wrap:anywhere}dd.act{flex:0 0 auto}
pre{flex:1;margin:0;background:var(--page);border:1px solid var(--line);border-radius:8px;padding:.8rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.9rem}
label{display:block;font-weight:600;margin:1.25rem 0 .35rem}input,textarea{width:100%;font:1rem/1.5 ui-monospace,monospace;padding:.6rem .75rem;border:1px solid var(--soft);border-radius:8px;background:var(--page);color:var(--ink)}textarea{min-height:9rem;resize:vertical}
textarea.masked{-webkit-text-security:disc}input:focus-visible,textarea:focus-visible{outline:3px solid var(--act);outline-offset:1px}.acts{display:flex;flex-wrap:wrap;gap:.6rem;margin-top:1rem}.bad{color:var(--bad);font-weight:600}p:empty{margin:0}
[hidden]{display:none!important}`;

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

export function startBody(title: string, minutesLeft: number): string {
  return `<h1>Your credentials are waiting</h1><p>For <strong>${escape(title)}</strong>. This link works once, for ${minutesLeft} more minute${minutesLeft === 1 ? '' : 's'}, and only for the person who asked.</p><p class="soft">Next, Quartermaster asks you in Slack whether this browser is yours.</p><form method="post"><p><button class="main" autofocus>Continue</button></p></form>`;
}

export function confirmBody(number: string): string {
  return `<h1>Confirm in Slack</h1><div id="question"><p>Quartermaster sent you a message in Slack. Press the button there that shows this number:</p><p class="number">${escape(number)}</p></div><p class="soft" id="state" role="status">Waiting for your answer …</p><div id="value"></div>`;
}

export function sorryBody(sentence: string, heading = 'Nothing to show'): string {
  return `<h1>${escape(heading)}</h1><p>${escape(sentence)}</p>`;
}

/** The fields, secret ones masked until asked for, and the command that uses them. */
export function valueBody(data: SecretData): string {
  const rows = Object.entries(data).map(([name, value]) => {
    const hidden = isSensitive(name);
    const shown = hidden
      ? `<span data-mask>••••••••••••</span><span data-plain hidden>${escape(value)}</span>`
      : `<span data-plain>${escape(value)}</span>`;
    const buttons = `${hidden ? `<button type="button" data-show aria-label="Show ${escape(name)}">Show</button> ` : ''}<button type="button" data-copy aria-label="Copy ${escape(name)}">Copy</button>`;
    return `<div class="row"><dt>${escape(name)}</dt><dd>${shown}</dd><dd class="act">${buttons}</dd></div>`;
  });
  const psql = psqlCommand(data);
  const command =
    psql === null
      ? ''
      : `<p>To connect now, with psql:</p><div class="row"><pre data-plain>${escape(psql)}</pre><button type="button" data-copy aria-label="Copy the command">Copy</button></div><p class="soft">It asks for the password: copy it from above.</p>`;
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
const part=id=>document.getElementById(id),state=part('state'),value=part('value');
const later=seconds=>setTimeout(ask,seconds*1000);
async function ask(){
  const answer=await fetch(location.pathname+'/value',{method:'POST',headers:{'x-requested-with':'quartermaster'},cache:'no-store'}).catch(()=>null);
  if(answer===null)return later(3);
  if(answer.status===202)return later(1);
  const text=await answer.text();
  if(answer.status===503){state.textContent=text;return later(5)}
  part('question').remove();
  if(!answer.ok){document.querySelector('h1').textContent='Nothing to show';state.textContent=text;return}
  document.querySelector('h1').textContent='Your credentials';state.textContent='Confirmed.';value.innerHTML=text;
}
async function copy(button,plain){
  try{await navigator.clipboard.writeText(plain.textContent);button.textContent='Copied'}
  catch{show(button.closest('.row'),true);getSelection().selectAllChildren(plain);button.textContent='Press Ctrl+C'}
}
function show(row,visible){
  const mask=row.querySelector('[data-mask]'),button=row.querySelector('[data-show]');if(!mask)return;
  row.querySelector('[data-plain]').hidden=!visible;mask.hidden=visible;button.textContent=visible?'Hide':'Show';
}
document.addEventListener('click',event=>{
  const button=event.target.closest('button'),row=button&&button.closest('.row');if(!row)return;
  const plain=row.querySelector('[data-plain]');
  if(button.hasAttribute('data-show'))show(row,plain.hidden);else copy(button,plain);
});
addEventListener('pagehide',()=>value.replaceChildren());later(.8);`;

export function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
