import { z } from 'zod';
import type { JsonObject } from '../../shared/index.js';
import { ACTIONS } from '../action-ids.js';
import type { Words } from '../slack-feature.js';
import { buttons, section } from '../text/blocks.js';
import { code, escape, mention } from '../text/mrkdwn.js';

const text = z.string().default('');
const asked = z.object({ confirmationId: text, subjectId: text, question: text });

/** A step's question to people, with its two answers. */
export function questionWords(data: JsonObject): Words {
  const { confirmationId, subjectId, question } = asked.parse(data);
  const words = `🤚 A step of ${code(subjectId)} waits for your word: *${escape(question, 800)}*`;
  const choice = (action: string, label: string, style: 'primary' | 'danger') => ({
    action,
    label,
    says: `${label}: ${question}`.slice(0, 75),
    value: confirmationId,
    style,
  });
  return {
    text: words,
    blocks: [
      section(words),
      ...buttons(`confirmation_${confirmationId}`, [
        choice(ACTIONS.confirm, 'Confirm', 'primary'),
        choice(ACTIONS.refuse, 'Refuse', 'danger'),
      ]),
    ],
  };
}

/** In place of the question: it is answered. */
export function answeredWords(question: string, personId: string, isYes: boolean): Words {
  const words = `${isYes ? '✅' : '⛔'} *${escape(question, 800)}*: ${isYes ? 'confirmed' : 'refused'} by ${mention(personId)}`;
  return { text: words, blocks: [section(words)] };
}
