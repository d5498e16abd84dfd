import { escape } from './delivery.view.js';
import type { Intake } from './intake.store.js';

type Asked = Pick<Intake, 'label' | 'about' | 'hint' | 'isMultiline'>;

export function intakeStartBody({ label, about }: Asked, minutesLeft: number): string {
  return `<h1>Give “${escape(label)}”</h1><p>For <strong>${escape(about)}</strong>. This page works once, for ${minutesLeft} more minute${minutesLeft === 1 ? '' : 's'}, and only for the person who asked for it. What you type goes straight to the secret store and never to Slack.</p><p class="soft">Next, the page shows a number that you type into the form in Slack, so that it is certain that both are yours.</p><form method="post"><p><button class="main" autofocus>Continue</button></p></form>`;
}

export function intakeNumberBody(number: string): string {
  return `<h1>Confirm in Slack</h1><div id="question"><p>Type this number into the form in Slack and press <strong>Confirm</strong>:</p><p class="number">${escape(number)}</p><p class="soft" id="state" role="status">Waiting for your confirmation …</p></div><div id="value"></div>`;
}

/** Asked for only after the confirmation. Nothing is filled in or kept by the browser. */
export function intakeFieldBody({ label, about, hint, isMultiline }: Asked): string {
  const common =
    'id="given" name="given" required autocomplete="off" autocapitalize="off" spellcheck="false" data-1p-ignore data-lpignore="true"';
  const field = isMultiline
    ? `<textarea ${common} class="masked" rows="6" aria-describedby="hint said"></textarea>`
    : `<input ${common} type="password" aria-describedby="hint said">`;
  return `<p>For <strong>${escape(about)}</strong>. It goes straight to the secret store; the form in Slack shows only that it was given.</p><form id="giving"><label for="given">${escape(label)}</label>${field}<p class="soft" id="hint">${escape(hint ?? '')}</p><p class="bad" id="said" role="alert"></p><div class="acts"><button class="main">Keep it</button><button type="button" id="look" aria-pressed="false">Show what I typed</button></div></form>`;
}

/** Asks every second whether the number was confirmed, then shows the field, sends what is typed, and forgets it. */
export const INTAKE_SCRIPT = `
const part=id=>document.getElementById(id),value=part('value'),title=document.querySelector('h1');
const send=(what,body)=>fetch(location.pathname+what,{method:'POST',headers:{'x-requested-with':'quartermaster','content-type':'text/plain'},cache:'no-store',body}).catch(()=>null);
const later=seconds=>setTimeout(ask,seconds*1000);
function end(head,text){title.textContent=head;part('question')?.remove();const said=document.createElement('p');said.textContent=text;said.setAttribute('role','status');value.replaceChildren(said)}
async function ask(){
  const answer=await send('/field','');
  if(answer===null)return later(3);
  if(answer.status===202)return later(1);
  const text=await answer.text();
  if(answer.status===503)return later(5);
  if(!answer.ok)return end('Nothing to do here',text);
  part('question').remove();title.textContent='Type it here';value.innerHTML=text;
  const field=part('given'),look=part('look'),said=part('said'),keep=part('giving').querySelector('.main');
  field.focus();field.addEventListener('input',()=>{said.textContent=''});
  look.addEventListener('click',()=>{const shown=look.getAttribute('aria-pressed')!=='true';look.setAttribute('aria-pressed',String(shown));look.textContent=shown?'Hide it':'Show what I typed';if(field.tagName==='INPUT')field.type=shown?'text':'password';else field.classList.toggle('masked',!shown)});
  part('giving').addEventListener('submit',async event=>{
    event.preventDefault();keep.disabled=true;said.textContent='';
    const kept=await send('/value',field.value);
    keep.disabled=false;
    if(kept===null){said.textContent='The network is away. Nothing was kept yet; press Keep it again.';return}
    if(kept.ok){field.value='';return end('Kept','It is in the secret store now. Go on with the form in Slack, and close this page.')}
    const text=await kept.text();
    if(kept.status===410||kept.status===403||kept.status===429){field.value='';return end('Nothing was kept',text)}
    said.textContent=text;field.focus();
  });
}
addEventListener('pagehide',()=>value.replaceChildren());later(.8);`;
