/**
 * An error with three voices: `code` is stable and for programs, `publicMessage` is a sentence for the person (what
 * happened, what was kept, what to do next), `cause` and `details` are for the log. None of them may hold a secret.
 */
export abstract class AppError extends Error {
  abstract readonly code: string;
  /** For the log only: names and ids, never values a person typed. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    readonly publicMessage: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(publicMessage, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.details = options.details ?? {};
  }
}

/** What the person sees when an error that is not an AppError reaches the edge. The trace id leads to the log. */
export function publicMessageOf(error: unknown, traceId?: string): string {
  if (error instanceof AppError) return error.publicMessage;
  const trace = traceId === undefined ? '' : ` Tell the platform team this trace id: ${traceId}.`;
  return `Something went wrong on our side. Nothing you entered was carried out twice; please try again.${trace}`;
}

/** The stable code of an error, or `internal.unexpected`. */
export function codeOf(error: unknown): string {
  return error instanceof AppError ? error.code : 'internal.unexpected';
}

/** A plain message from anything thrown, for logs. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
