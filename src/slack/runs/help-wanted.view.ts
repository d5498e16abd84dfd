import { z } from 'zod';
import type { JsonObject } from '../../shared/index.js';
import { ACTIONS } from '../action-ids.js';
import type { Words } from '../slack-feature.js';
import { buttons, context, section } from '../text/blocks.js';
import { code, escape, mention, mentions } from '../text/mrkdwn.js';

const text = z.string().default('');
const ofHelp = z.object({
  requestId: text,
  itemName: text,
  environment: text,
  runId: z.string().nullish(),
  traceId: text,
  step: z.string().nullish(),
  what: text,
  undone: text,
  lines: z.array(z.string()).default([]),
  personId: text,
  teamTitle: text,
  called: z.array(z.string()).default([]),
});

/** Whoever owns the catalog item is asked to help, with what is known. */
export function helpWords(data: JsonObject): Words {
  const { requestId, itemName, environment, step, what, undone, lines, called, ...help } = ofHelp.parse(data);
  const head = `🆘 ${mention(help.personId)} asks *${escape(help.teamTitle, 100)}* for help with ${code(itemName)} in ${escape(environment, 100)}. ${mentions(called)}`;
  const where = step == null ? '' : `*Step “${escape(step, 200)}”*\n`;
  const output = lines.join('\n').replaceAll('```', "'''");
  return {
    text: head,
    blocks: [
      section(head),
      ...(what === '' ? [] : [section(`${where}${escape(what, 1200)}`)]),
      ...(undone === '' ? [] : [context(escape(undone, 600))]),
      ...(output === '' ? [] : [section(`\`\`\`${escape(output, 2700)}\`\`\``)]),
      context(
        [requestId, help.runId ?? '', help.traceId]
          .filter((id) => id !== '')
          .map((id) => code(id))
          .join(' · '),
      ),
      ...buttons(`help_${requestId}`, [
        { action: ACTIONS.showStatus, label: 'Status', says: `Status of ${requestId}`, value: requestId },
        { action: ACTIONS.fullLog, label: 'Full log', says: `The full log of ${requestId}`, value: requestId },
      ]),
    ],
  };
}
