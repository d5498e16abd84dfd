import type { KnownBlock } from '@slack/web-api';
import type { AccessVerdict, DecisionReason, PolicyDecision, RuleVerdict } from '../../policy/index.js';
import type { EnvironmentExplanation, Explanation } from '../../requests/index.js';
import { isEmpty, shownValue } from '../cards/succession.view.js';
import { decisionIcon, standing } from '../request/plan-lines.js';
import { takesLines } from '../request/takes-lines.js';
import type { Words } from '../slack-feature.js';
import { context, fitting, header, lines, section } from '../text/blocks.js';
import { code, escape, mention } from '../text/mrkdwn.js';

const SILENT = '▫️';

/** The whole evaluation: every rule, whether it spoke or not. For the asker's eyes only. */
export function explainWords(
  { item, person, parameters, environments }: Explanation,
  teamTitle: string,
  askerId: string,
): Words {
  const whom = person.id === askerId ? 'you' : mention(person.id);
  const given = Object.entries(parameters)
    .filter(([, value]) => !isEmpty(value))
    .map(([name, value]) => code(`${name}=${shownValue(value)}`, 80));
  const intro = `How the rules decide about *${escape(item.title, 200)}* for ${whom}, of the team *${escape(teamTitle, 100)}*.`;
  return {
    text: intro,
    blocks: fitting([
      section(intro),
      context(
        `${given.length === 0 ? 'No parameters.' : `With ${lines(given, 'more').replaceAll('\n', ' ')}.`} Nothing is requested and nothing reserved.`,
      ),
      ...environments.flatMap(blocksOf),
    ]),
  };
}

function blocksOf({ environment, access, preview, missing }: EnvironmentExplanation): KnownBlock[] {
  if (preview === null)
    return [
      header(`In ${environment}`),
      section(`*Who may ask (access.yaml)*\n${accessLines(access)}`),
      section(`⚠️ The rest can’t be told yet. ${escape(missing, 1500)} Add it as name=value.`),
    ];
  const { plan, verdicts } = preview;
  const takes = takesLines(plan);
  return [
    header(`In ${environment}: ${OUTCOMES[plan.decision.outcome]}`),
    section(verdictOf(plan.decision)),
    section(`*Who may ask (access.yaml)*\n${accessLines(access)}`),
    section(`*What is asked for (policies)*\n${contentLines(verdicts, plan.decision)}`),
    ...furtherBlocks(plan.decision, access, verdicts),
    ...(takes === null ? [] : [section(`*What it takes and costs*\n${takes}`)]),
  ];
}

const OUTCOMES = {
  allow: 'it is made at once',
  deny: 'it is refused',
  'needs-approval': 'it needs an approval',
} as const;

function verdictOf({ outcome, approval }: PolicyDecision): string {
  if (outcome === 'needs-approval')
    return `⏳ Nothing is made before it is approved by ${escape(approval?.describe ?? 'somebody', 500)}.`;
  return outcome === 'allow' ? '✅ Nothing stands in the way.' : '⛔ Whatever refuses is marked below.';
}

function accessLines(access: readonly AccessVerdict[]): string {
  if (access.length === 0) return 'No rule is in force: everything is refused.';
  const spoken = access
    .filter(({ spoke }) => spoke)
    .map(({ rule, effect, message }) => `${decisionIcon(effect)} ${escape(message, 300)} _(${escape(rule, 100)})_`);
  const silent = access.filter(({ spoke }) => !spoke).map(({ rule }) => rule);
  return lines([...spoken, ...silentLines('silent', silent)], 'more rules', 2800);
}

function contentLines(verdicts: readonly RuleVerdict[], decision: PolicyDecision): string {
  if (verdicts.length === 0) return 'There are no rules.';
  const silent = new Map<RuleVerdict['state'], string[]>();
  const spoken = verdicts.flatMap((verdict) => {
    const reason = decision.reasons.find(({ rule, content }) => rule === verdict.rule && content !== undefined);
    const said = reason ?? (verdict.message === '' ? undefined : verdictReason(verdict));
    if (said !== undefined) return [spokenLine(said)];
    silent.set(verdict.state, [...(silent.get(verdict.state) ?? []), verdict.rule]);
    return [];
  });
  return lines([...spoken, ...[...silent].flatMap(([state, rules]) => silentLines(state, rules))], 'more rules', 2800);
}

/** Those that don't matter here, together. */
function silentLines(state: RuleVerdict['state'], rules: readonly string[]): string[] {
  return rules.length === 0 ? [] : [`${SILENT} ${SILENCE[state]}: ${rules.map((rule) => code(rule, 100)).join(', ')}`];
}

function spokenLine(reason: DecisionReason): string {
  return `${decisionIcon(reason.outcome)} ${standing(reason)}${escape(reason.message, 400)} _(${escape(reason.rule, 100)})_`;
}

/** What spoke although the rules on access refuse already. */
function verdictReason({ rule, effect, mode, message }: RuleVerdict): DecisionReason {
  return { rule, message, outcome: mode === 'audit' ? 'audit' : effect };
}

const SILENCE: Readonly<Record<RuleVerdict['state'], string>> = {
  off: 'Switched off',
  elsewhere: 'About something else',
  silent: 'Nothing to say',
  fired: 'Fired, without words',
  failed: 'Could not be judged',
  unasked: 'Could not be asked',
};

/** Reasons of neither: limits of the item, quotas, budgets, approvals that can't be had. */
function furtherBlocks(
  { reasons }: PolicyDecision,
  access: readonly AccessVerdict[],
  verdicts: readonly RuleVerdict[],
): KnownBlock[] {
  const known = new Set([...access, ...verdicts].map(({ rule }) => rule));
  const further = reasons.filter(({ rule }) => !known.has(rule));
  return further.length === 0 ? [] : [section(`*Besides*\n${lines(further.map(spokenLine), 'more', 2800)}`)];
}
