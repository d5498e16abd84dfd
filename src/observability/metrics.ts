import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

const RULE_LABELS = ['rule', 'mode', 'at'] as const;

/**
 * What the product counts, by Prometheus' naming rules. Labels hold names of catalog items, actions, rules and outcomes:
 * few and known, never people, ids or parameters.
 */
export class Metrics {
  readonly registry = new Registry();

  /** Requests by how they ended: ready, failed, denied, expired, cancelled. */
  readonly requests = this.counter('qm_requests_total', 'Requests that ended, by outcome', [
    'item',
    'environment',
    'outcome',
  ]);
  readonly requestSeconds = this.histogram('qm_request_duration_seconds', 'From submission to the end of a request', [
    'item',
    'outcome',
  ]);
  readonly steps = this.counter('qm_steps_total', 'Step runs that ended, by outcome', ['action', 'verb', 'outcome']);
  readonly stepSeconds = this.histogram('qm_step_duration_seconds', 'Duration of one attempt of a step', [
    'action',
    'verb',
  ]);
  readonly stepRetries = this.counter('qm_step_retries_total', 'Attempts of a step beyond its first', ['action']);
  readonly approvals = this.counter('qm_approvals_total', 'Approvals decided, by outcome', ['outcome']);
  readonly approvalSeconds = this.histogram('qm_approval_wait_seconds', 'From asking to deciding', ['outcome']);
  readonly denials = this.counter('qm_policy_denials_total', 'Refusals by the rule that spoke', ['rule']);
  readonly decisions = this.counter('qm_policy_decisions_total', 'Policy decisions by outcome', ['outcome']);
  /** Rules of catalog/policies; `at` is preview or submit. Denials over attempts say how strict a rule is. */
  readonly ruleAttempts = this.counter('qm_policy_rule_attempts_total', 'How often a rule was asked', RULE_LABELS);
  readonly ruleFirings = this.counter('qm_policy_rule_firings_total', 'How often a rule spoke', RULE_LABELS);
  readonly ruleDenials = this.counter(
    'qm_policy_rule_denials_total',
    'How often a rule refused, or would have in audit mode',
    RULE_LABELS,
  );
  readonly slackCalls = this.counter('qm_slack_calls_total', 'Calls of the Slack Web API', ['method', 'outcome']);
  readonly slackCallSeconds = this.histogram('qm_slack_call_duration_seconds', 'Duration of Slack Web API calls', [
    'method',
  ]);
  readonly slackAckSeconds = this.histogram(
    'qm_slack_ack_duration_seconds',
    'From receiving to acknowledging a Slack delivery',
    ['kind'],
  );
  /** `state` is same, changed, missing, ignored, unreadable or unchecked: the drift rate is changed and missing over all. */
  readonly resourceDrift = new Gauge({
    name: 'qm_resource_drift',
    help: 'Living resources by whether they are still as they were made',
    labelNames: ['item', 'environment', 'state'],
    registers: [this.registry],
  });
  readonly orphans = new Gauge({
    name: 'qm_orphans',
    help: 'Runs of which something is left that nobody has any more',
    registers: [this.registry],
  });
  readonly driftChecks = this.counter('qm_drift_checks_total', 'Looks at living resources, by what was found', [
    'item',
    'outcome',
  ]);
  readonly resources = new Gauge({
    name: 'qm_resources',
    help: 'Living resources',
    labelNames: ['item', 'environment'],
    registers: [this.registry],
  });
  /** Options by source (`catalog`, `action:postgres:schemas`, `http:api.example.org`) and by what could be said. */
  readonly optionAnswerSeconds = this.histogram(
    'qm_option_answer_duration_seconds',
    'From a typed letter to its options',
    ['source', 'state'],
  );
  readonly optionLoads = this.counter('qm_option_loads_total', 'Times a source of options was asked, by outcome', [
    'source',
    'outcome',
  ]);
  readonly optionLoadSeconds = this.histogram(
    'qm_option_load_duration_seconds',
    'How long a source of options took to answer',
    ['source'],
  );
  readonly incidents = this.counter('qm_incidents_total', 'Incidents declared and resolved', ['severity', 'event']);

  /** With `process: true` also memory, event loop and garbage collection of this process. */
  constructor(options: { process: boolean } = { process: false }) {
    if (options.process) collectDefaultMetrics({ register: this.registry });
  }

  private counter<T extends string>(name: string, help: string, labelNames: readonly T[]): Counter<T> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private histogram<T extends string>(name: string, help: string, labelNames: T[]): Histogram<T> {
    return new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [this.registry] });
  }
}
