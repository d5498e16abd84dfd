import { randomBytes } from 'node:crypto';

/** Socket Mode addresses work once, for the app that asked. */
export class Tickets {
  private readonly open = new Set<string>();

  issue(): string {
    const ticket = randomBytes(18).toString('base64url');
    this.open.add(ticket);
    return ticket;
  }

  redeem(ticket: string): boolean {
    return this.open.delete(ticket);
  }
}
