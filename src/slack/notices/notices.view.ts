import { z } from 'zod';
import type { NoticeTemplate } from '../../platform/changes/index.js';
import type { JsonObject } from '../../shared/index.js';
import { ACTIONS } from '../action-ids.js';
import { questionWords } from '../confirmations/confirmations.view.js';
import { upgradeNews } from '../fleets/upgrade-news.view.js';
import { leaverWords, offerWords, transferWords } from '../ownership/ownership-notices.view.js';
import { helpWords } from '../runs/help-wanted.view.js';
import type { Words } from '../slack-feature.js';
import { buttons, context, section } from '../text/blocks.js';
import { code, dateWords, escape, hoursWords, mention, sentenceOf, withMentions } from '../text/mrkdwn.js';
import { brokenFileWords, reviewWords } from './upkeep.view.js';

export type NoticeView = (data: JsonObject, about: { command: string }) => Words;

const text = z.string().default('');
const ofRequest = z.object({
  requestId: text,
  resourceId: text,
  itemName: text,
  environment: text,
  title: text,
  hasCredentials: z.boolean().default(true),
  what: text,
  next: text,
});
const ofResource = z.object({ resourceId: text, title: text, reason: text, endsAt: text, also: text });
const ofGone = ofResource.extend({ cost: text });
const ofDelivery = z.object({ deliveryId: text, number: text, subjectId: text });
const ofIncident = z.object({
  incidentId: text,
  title: text,
  severity: text,
  channelId: z.string().nullish(),
  duration: text,
  summary: text,
  resolvedBy: text,
});
const ofApproval = z.object({ title: text, requesterId: text, expiresAt: text, approvalId: text });
const count = z.number().default(0);
const ofStanding = z.object({ standingId: text, title: text, requesterId: text, used: count, maxCount: count });
const ofAbsence = z.object({ personId: text, endsAt: text });
const ofBrokenGlass = z.object({
  exceptionId: text,
  personId: text,
  teamId: text,
  teamTitle: text,
  environment: text,
  itemName: text,
  reason: text,
  hours: z.number().default(0),
});
const ofException = z.object({ exceptionId: text, draftId: text, title: text, text, endsAt: text });
const ofLife = z.object({ title: text, personId: z.string().nullable().default(null), summary: text });
const ofPlain = z.object({ title: text, text });

/** Where the form is opened again as it was filled in. */
const ASK_AGAIN = {
  action: ACTIONS.changeAndAskAgain,
  label: 'Change and ask again…',
  says: 'Open the form again, as it was filled in',
} as const;

/** What each notice says. Few words: the card has the rest. */
export const NOTICE_VIEWS: Readonly<Record<NoticeTemplate, NoticeView>> = {
  'request-ready': (data) => {
    const request = ofRequest.parse(data);
    const { requestId, resourceId, hasCredentials } = request;
    const how = {
      action: ACTIONS.showHow,
      label: 'Show me how',
      says: 'Show me how to fetch the credentials',
      value: resourceId,
      style: 'primary' as const,
    };
    return withButtons(`🟢 ${calledWords(request)} is ready. ${code(requestId)}`, `ready_${requestId}`, [
      ...(hasCredentials ? [how] : []),
      { action: ACTIONS.showStatus, label: 'Status', says: `Status of ${requestId}`, value: requestId },
    ]);
  },
  'request-failed': requestEnd('❌', 'failed'),
  'request-halted': (data) => {
    const request = ofRequest.parse(data);
    const { requestId, what, next } = request;
    const head = `⏸️ Your request for ${calledWords(request)} stopped half-way, and what was made is kept. ${withMentions(escape(what, 1200))}`;
    return {
      text: head,
      blocks: [
        section(head),
        ...(next === '' ? [] : [context(`👉 ${escape(next, 600)}`)]),
        ...buttons(`halted_${requestId}`, [
          {
            action: ACTIONS.retryRun,
            label: 'Retry from here',
            says: `Go on with ${requestId} where it failed`,
            value: requestId,
            style: 'primary',
          },
          { action: ACTIONS.showStatus, label: 'Status', says: `Status of ${requestId}`, value: requestId },
        ]),
      ],
    };
  },
  'request-cancelled': requestEnd('🚫', 'was cancelled'),
  'help-wanted': helpWords,
  'request-denied': requestEnd('⛔', 'was denied', ASK_AGAIN),
  'request-expired': requestEnd('⌛', 'expired', ASK_AGAIN),
  'approval-wanted': plainNotice,
  'approval-reminder': (data) => {
    const { title, requesterId, expiresAt, approvalId } = ofApproval.parse(data);
    const until = Number.isNaN(Date.parse(expiresAt)) ? '' : `, until ${dateWords(new Date(expiresAt))}`;
    return says(
      `⏰ *${escape(title, 300)}*, asked by ${mention(requesterId)}, still waits for your vote${until}. Its card is above, or in the Home tab. ${code(approvalId)}`,
    );
  },
  'standing-used': (data, { command }) => {
    const { standingId, title, requesterId, used, maxCount } = ofStanding.parse(data);
    return says(
      `🔁 *${escape(title, 300)}*, asked by ${mention(requesterId)}, has your approval: it is similar to what you approved (${used} of ${maxCount}). ${code(`${command} approvals`)} lists it, and revokes it. ${code(standingId)}`,
    );
  },
  'stand-in': (data) => {
    const { personId, endsAt } = ofAbsence.parse(data);
    const until = Number.isNaN(Date.parse(endsAt)) ? '' : ` until ${dateWords(new Date(endsAt))}`;
    return says(
      `🌴 ${mention(personId)} is away${until}, and you stand in: your vote counts for theirs where they are asked. The card says so. It is not passed on, and does not count for what you asked for yourself.`,
    );
  },
  'vote-counted': (data) => {
    const { title, text: words } = ofPlain.parse(data);
    return says(`🗳️ *${escape(title, 300)}*: ${withMentions(escape(words, 2500))}`);
  },
  'lease-ending': (data) => {
    const { resourceId, title, endsAt, also } = ofResource.parse(data);
    const when = Number.isNaN(Date.parse(endsAt)) ? 'soon' : dateWords(new Date(endsAt));
    return withButtons(
      `⏰ The lease of *${escape(title)}* ends ${when}. Then it is destroyed, with its data.${also === '' ? '' : ` ${escape(also, 600)}`}`,
      `lease_${resourceId}`,
      [
        {
          action: ACTIONS.extend,
          label: 'Extend',
          says: `Extend the lease of ${title}`,
          value: resourceId,
          style: 'primary',
        },
        { action: ACTIONS.destroy, label: 'Destroy now', says: `Destroy ${title} now`, value: resourceId },
      ],
    );
  },
  'resource-destroyed': (data) => {
    const { title, reason, resourceId, cost } = ofGone.parse(data);
    const spent = cost === '' ? '' : ` It cost ${escape(cost)} in all.`;
    return says(
      `⚫ *${escape(title)}* is gone, with its credentials.${spent} ${escape(sentenceOf(reason), 600)} ${code(resourceId)}`,
    );
  },
  'destroy-failed': (data) => {
    const { title, reason, resourceId } = ofResource.parse(data);
    return withButtons(`⚠️ *${escape(title)}* could not be destroyed. ${escape(reason, 600)}`, `destroy_${resourceId}`, [
      { action: ACTIONS.destroy, label: 'Try again', says: `Try again to destroy ${title}`, value: resourceId },
    ]);
  },
  'transfer-offered': offerWords,
  'transfer-ended': transferWords,
  'owner-left': leaverWords,
  'step-output': (data) => {
    const { title, text: output } = ofPlain.parse(data);
    const block = `\`\`\`${escape(output.replaceAll('```', "'''"), 2700)}\`\`\``;
    return {
      text: title === '' ? 'Output of a step' : escape(title, 200),
      blocks: [...(title === '' ? [] : [section(`*${escape(title, 200)}*`)]), section(block)],
    };
  },
  'delivery-confirmation': (data) => {
    const { deliveryId, number, subjectId } = ofDelivery.parse(data);
    return withButtons(
      `🔑 A browser wants the credentials of ${code(subjectId)} and shows the number *${escape(number, 10)}*. Is that your browser, and your number?`,
      `delivery_${deliveryId}`,
      [
        {
          action: ACTIONS.isMe,
          label: 'It’s me',
          says: `Yes, my browser shows ${number}`,
          value: `${deliveryId}:${number}`,
          style: 'primary',
        },
        {
          action: ACTIONS.isNotMe,
          label: 'Not me',
          says: 'No, that is not my browser: kill the link',
          value: deliveryId,
          style: 'danger',
        },
      ],
    );
  },
  'secret-fetched': plainNotice,
  'confirmation-wanted': questionWords,
  'incident-invited': (data) => {
    const { title, severity, channelId } = ofIncident.parse(data);
    const where = channelId == null ? '' : ` Join <#${channelId}>.`;
    return says(
      `🚨 You are on call, and an incident was declared: *${escape(title, 300)}* (${escape(severity.toUpperCase(), 10)}).${where}`,
    );
  },
  'incident-resolved': (data) => {
    const { title, duration, summary, resolvedBy } = ofIncident.parse(data);
    const by = resolvedBy === '' ? '' : ` by ${mention(resolvedBy)}`;
    const words = `✅ *${escape(title, 300)}* is resolved${by}, after ${escape(duration, 60)}.`;
    return {
      text: words,
      blocks: [
        section(words),
        ...(summary === '' ? [] : [section(escape(summary, 2500))]),
        context('The postmortem follows as a file.'),
      ],
    };
  },
  'glass-broken': (data) => {
    const { exceptionId, personId, teamId, teamTitle, environment, ...more } = ofBrokenGlass.parse(data);
    const { itemName, reason, hours } = more;
    const team = escape(teamTitle === '' ? teamId : teamTitle, 100);
    return says(
      `🔨 *The glass was broken.* ${mention(personId)} needs no approval for ${code(itemName)} of ${team} in ${code(environment)} for ${hoursWords(hours)}. Why: ${escape(reason, 1500)} ${code(exceptionId)}`,
    );
  },
  'exception-decided': (data) => {
    const { exceptionId, draftId, text: words } = ofException.parse(data);
    const goOn = {
      action: ACTIONS.goOnWithDraft,
      label: 'Go on with it',
      says: 'Go on with the form that was refused',
    };
    return withButtons(
      `🎫 ${withMentions(escape(words, 2500))}`,
      `exception_${exceptionId}`,
      draftId === '' ? [] : [{ ...goOn, value: draftId, style: 'primary' }],
    );
  },
  'exception-ending': (data, { command }) => {
    const { exceptionId, title, endsAt } = ofException.parse(data);
    const when = Number.isNaN(Date.parse(endsAt)) ? 'soon' : dateWords(new Date(endsAt));
    return says(
      `⏰ Your exception from “${escape(title, 300)}” ends ${when}. What was made with it stays; the rule counts again for what you request after that. ${code(`${command} exceptions`)} lists what you have. ${code(exceptionId)}`,
    );
  },
  'file-broken': brokenFileWords,
  'review-due': reviewWords,
  'upgrade-news': upgradeNews,
  'resource-life': (data) => {
    const { title, personId, summary } = ofLife.parse(data);
    const who = personId === null ? '' : `${mention(personId)} `;
    return says(`🛠️ *${escape(title, 200)}*: ${who}${withMentions(escape(summary, 1500))}`);
  },
  plain: plainNotice,
};

function requestEnd(icon: string, words: string, wayOn?: typeof ASK_AGAIN): NoticeView {
  return (data) => {
    const request = ofRequest.parse(data);
    const { requestId, what, next } = request;
    const head = `${icon} Your request for ${calledWords(request)} ${words}. ${withMentions(escape(what, 1200))}`;
    return {
      text: head,
      blocks: [
        section(head),
        ...(next === '' ? [] : [context(`👉 ${escape(next, 600)}`)]),
        ...buttons(`end_${requestId}`, [
          ...(wayOn === undefined ? [] : [{ ...wayOn, value: requestId }]),
          { action: ACTIONS.showStatus, label: 'Status', says: `Status of ${requestId}`, value: requestId },
        ]),
      ],
    };
  };
}

/** Sentences of our own making, in mrkdwn's back-ticks at most. */
function plainNotice(data: JsonObject): Words {
  return says(escape(ofPlain.parse(data).text, 2900));
}

function says(mrkdwn: string): Words {
  return { text: mrkdwn, blocks: [section(mrkdwn)] };
}

function withButtons(mrkdwn: string, blockId: string, wishes: Parameters<typeof buttons>[1]): Words {
  return { text: mrkdwn, blocks: [section(mrkdwn), ...buttons(blockId, wishes)] };
}

/** What a request is for. Notices that were written by an earlier release know no title. */
function calledWords({ title, itemName, environment }: z.infer<typeof ofRequest>): string {
  return title === '' ? `${escape(itemName)} in ${escape(environment)}` : `*${escape(title, 200)}*`;
}
