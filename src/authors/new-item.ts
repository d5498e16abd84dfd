import { stringify } from 'yaml';
import type { JsonObject } from '../shared/index.js';

export interface NewItem {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** Team id. */
  readonly owner: string;
  readonly environments: readonly string[];
  /** ISO date. */
  readonly reviewBy: string;
  readonly action: { readonly id: string; readonly title: string; readonly input: JsonObject };
  /** Who asks in the example, and what the rules say to it. */
  readonly example: { readonly person: string; readonly team: string; readonly decision: string };
}

/** A catalog item that is good as it stands, with the reason for each part beside it. */
export function newItemYaml(item: NewItem): string {
  const { name, title, summary, owner, environments, reviewBy, action, example } = item;
  return `# yaml-language-server: $schema=../schema/item.json
# What every part means: docs/catalog-authors.md. Check it: npm run catalog:lint. Run its examples: npm run catalog:test -- ${name}
name: ${name}
title: ${scalar(title)}
summary: ${scalar(summary)}
version: 0.1.0 # raise it with every change once the item is active
owner: ${owner} # team of access.yaml; it is reminded when reviewBy has passed, and told when this file is broken
tags: [] # words to find it by
lifecycle: draft # draft → active → deprecated (with successor: <item>) → retired; only active and deprecated ones can be requested
reviewBy: "${reviewBy}"
# docs: https://wiki.example.org/${name}
# runbooks: [] # names of runbooks in runbooks/, or addresses
environments: [${environments.join(', ')}]

# What the form asks for: JSON Schema 2020-12. A name that goes into another system needs a pattern.
parameters:
  required: [name]
  properties:
    name:
      type: string
      title: Name
      description: The hint under the field.
      examples: [orders]
      pattern: ^[a-z][a-z0-9-]{2,30}$
      x-pattern-hint: "Name: use 3 to 31 lower-case letters, digits and hyphens, and begin with a letter."

# In hours. The owner of what was made is warned before the lease ends; at its end it is destroyed.
lease: { defaultHours: 72, maxHours: 720, warnHoursBefore: 12, extendHours: 72 }

resource:
  kind: ${name}
  title: \${{ params.name }} (\${{ request.environment }})

# One after the other; what was made is taken back if one fails for good. docs/actions.md lists the actions.
steps:
  - name: make # letters, digits and _
    title: ${scalar(action.title)}
    action: ${action.id}
    # What the action takes; put \${{ params.name }} where it belongs.
    with:
${indented(stringify(action.input, { lineWidth: 0 }), 6)}
    timeoutSeconds: 60
    retry: { attempts: 3, backoffSeconds: 2 }

# Shown on what was made; references, never secrets.
outputs:
  name: \${{ params.name }}

# Tests, run by npm run catalog:test, with a draft as if it were active already.
examples:
  - title: Somebody of ${scalarInside(example.team)} asks for one
    person: ${example.person}
    team: ${example.team}
    environment: ${environments[0] ?? ''}
    parameters: { name: orders }
    expect: { decision: ${example.decision} }
`;
}

function scalar(text: string): string {
  return stringify(text, { lineWidth: 0 }).trimEnd();
}

function scalarInside(text: string): string {
  return text.replaceAll(/[^a-z0-9-]/g, '');
}

function indented(text: string, spaces: number): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `${' '.repeat(spaces)}${line}`)
    .join('\n');
}
