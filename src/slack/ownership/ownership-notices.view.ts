import { z } from 'zod';
import type { JsonObject } from '../../shared/index.js';
import { ACTIONS } from '../action-ids.js';
import type { Words } from '../slack-feature.js';
import { button, buttons, context, section } from '../text/blocks.js';
import { code, dateWords, escape, mention, withMentions } from '../text/mrkdwn.js';

const text = z.string().default('');
const ofOffer = z.object({
  transferId: text,
  title: text,
  environment: text,
  by: text,
  toPerson: text,
  toTeam: text,
  reason: text,
  expiresAt: text,
});
const ofEnd = z.object({ text });
const ofLeaver = z.object({
  personId: text,
  team: text,
  count: z.number().default(0),
  resources: z.array(z.object({ id: z.string(), title: z.string() })).default([]),
});

/** To those who may say yes for the team that would get it. */
export function offerWords(data: JsonObject): Words {
  const { transferId, title, environment, by, toPerson, toTeam, reason, expiresAt } = ofOffer.parse(data);
  const head = `🎁 ${mention(by)} would give *${escape(title, 200)}* in ${escape(environment, 100)} to ${mention(toPerson)}, of ${escape(toTeam, 100)}. It would count against your quota and budget.`;
  const until = Number.isNaN(Date.parse(expiresAt)) ? '' : `Open until ${dateWords(new Date(expiresAt))}. `;
  return {
    text: head,
    blocks: [
      section(head),
      ...(reason === '' ? [] : [section(`*Why*\n${escape(reason, 1000)}`)]),
      ...buttons(`transfer_${transferId}`, [
        {
          action: ACTIONS.acceptTransfer,
          label: 'Accept',
          says: `Accept ${title}`,
          value: transferId,
          style: 'primary',
        },
        { action: ACTIONS.declineTransfer, label: 'Decline', says: `Decline ${title}`, value: transferId },
      ]),
      context(`${until}The first answer counts. ${code(transferId)}`),
    ],
  };
}

/** To those whom it concerns. */
export function transferWords(data: JsonObject): Words {
  const words = `🎁 ${withMentions(escape(ofEnd.parse(data).text, 2500))}`;
  return { text: words, blocks: [section(words)] };
}

/** What belongs to somebody who is not there any more, each with the way to give it to somebody who is. */
export function leaverWords(data: JsonObject, { command }: { command: string }): Words {
  const { personId, team, count, resources } = ofLeaver.parse(data);
  const things = count === 1 ? 'One resource' : `${count} resources`;
  const head = `👋 ${mention(personId)} has left, or is not in *${escape(team, 100)}* any more. ${things} of your team still ${count === 1 ? 'belongs' : 'belong'} to them: give ${count === 1 ? 'it' : 'them'} to somebody who looks after ${count === 1 ? 'it' : 'them'}.`;
  const more = count - resources.length;
  return {
    text: head,
    blocks: [
      section(head),
      ...resources.map(({ id, title }) =>
        section(
          `*${escape(title, 200)}* · ${code(id)}`,
          button({ action: ACTIONS.transfer, label: 'Transfer', says: `Give ${title} to somebody else`, value: id }),
        ),
      ),
      context(
        `${more > 0 ? `${more} more: \`${command} resources\` lists them. ` : ''}Warnings before a lease ends go to whoever owns it. You hear of this again in a week.`,
      ),
    ],
  };
}
