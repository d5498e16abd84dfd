import type { Json } from '../../shared/index.js';
import type { Loader } from '../option-cache.js';
import type { SourceQuestion } from '../option-question.js';

/** One question as its source understands it, with its inputs worked out. */
export interface Asked {
  /** What the answer depends on: the same key has the same answer. */
  readonly key: Json;
  readonly ttlSeconds: number;
  readonly load: Loader;
}

/** One kind of source. Working out the inputs asks nobody; loading does. */
export interface OptionLoader<Source> {
  /** @throws ExpressionFailed */
  ask(source: Source, question: SourceQuestion): Asked;
}
