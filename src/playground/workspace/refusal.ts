export interface RefusalDetails {
  /** Slack's `response_metadata.messages`, such as `[ERROR] must be less than 3001 characters [json-pointer:/blocks/0]`. */
  messages?: string[];
  status?: number;
  retryAfterSeconds?: number;
  /** Further fields of the answer, such as `errors` of a bulk invite. */
  fields?: Record<string, unknown>;
}

/** Slack says no: `code` is the word in the `error` field of the answer. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly details: RefusalDetails = {},
  ) {
    super(code);
  }
}
