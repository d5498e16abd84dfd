const MARK = /^checkpoint:(\d{1,15})$/;

/** By this id a checkpoint is to be shown in the audit channel, among the events. */
export function checkpointMark(number: number): string {
  return `checkpoint:${number}`;
}

/** Null for an event's id. */
export function checkpointOfMark(id: string): number | null {
  const [, number] = MARK.exec(id) ?? [];
  return number === undefined ? null : Number(number);
}
