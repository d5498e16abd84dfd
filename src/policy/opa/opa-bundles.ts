import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type LoadedPolicy, loadPolicy } from '@open-policy-agent/opa-wasm';
import { z } from 'zod';
import { OutOfBudget, withinBudget } from '../../shared/index.js';
import type { RuleFacts } from '../rules/rule-facts.js';
import { BadBundle, type BundleContents, readBundle } from './bundle-archive.js';
import { answerOf, none, type OpaAnswer } from './opa-answer.js';

const MAX_FILE_BYTES = 8 * 1024 * 1024;
/** Pages of 64 KiB: what a policy may use before it is stopped. */
const MEMORY = { initial: 5, maximum: 256 };

const resultSet = z.array(z.object({ result: z.json() }));

interface Loaded {
  /** Changes when the file does. */
  readonly stamp: string;
  readonly policy: LoadedPolicy;
}

/** Policies that were compiled to WebAssembly, in `catalog/policies/opa`. A file that changes is read again. */
export class OpaBundles {
  private readonly loaded = new Map<string, Loaded>();

  constructor(private readonly folder: string) {}

  /** Never throws. What takes too long or too much memory is stopped. */
  async ask(
    { bundle, path, timeoutMs }: { readonly bundle: string; readonly path: string; readonly timeoutMs: number },
    facts: RuleFacts,
  ): Promise<OpaAnswer> {
    try {
      const policy = await this.policyOf(bundle);
      if (!Object.hasOwn(policy.entrypoints as object, path))
        return none(
          `the bundle ${bundle} has no decision ${path}; it has ${Object.keys(policy.entrypoints as object).join(', ')}`,
        );
      const set = resultSet.safeParse(withinBudget((): unknown => policy.evaluate(facts, path), timeoutMs));
      const [first] = set.data ?? [];
      return first === undefined ? none(`the bundle ${bundle} has no answer for ${path}`) : answerOf(first.result);
    } catch (error) {
      // Its memory may be in any state: the next time it begins anew.
      this.loaded.delete(bundle);
      return none(whyOf(error, bundle));
    }
  }

  private async policyOf(bundle: string): Promise<LoadedPolicy> {
    const file = join(this.folder, bundle);
    const { mtimeMs, size } = await stat(file);
    if (size > MAX_FILE_BYTES) throw new BadBundle(`the bundle ${bundle} is too large`);
    const stamp = `${mtimeMs} ${size}`;
    const known = this.loaded.get(bundle);
    if (known?.stamp === stamp) return known.policy;
    const content = await readFile(file);
    const { wasm, data }: BundleContents = bundle.endsWith('.wasm') ? { wasm: content, data: {} } : readBundle(content);
    const policy = await loadPolicy(new Uint8Array(wasm), MEMORY);
    policy.setData(data);
    this.loaded.set(bundle, { stamp, policy });
    return policy;
  }
}

function whyOf(error: unknown, bundle: string): string {
  if (error instanceof BadBundle || error instanceof OutOfBudget) return error.message;
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return code === 'ENOENT' ? `there is no bundle ${bundle}` : `the bundle ${bundle} failed`;
}
