import { type Answer, ConfirmationDesk, type Question } from '../actions/wait/ports.js';

/** The desk is looked up when it is used: it stands on policy, which stands on the catalog, which stands on the actions. */
export class LateDesk extends ConfirmationDesk {
  constructor(private readonly desk: () => ConfirmationDesk) {
    super();
  }

  ask(question: Question): Promise<void> {
    return this.desk().ask(question);
  }

  answer(key: string): Promise<Answer> {
    return this.desk().answer(key);
  }

  withdraw(key: string): Promise<void> {
    return this.desk().withdraw(key);
  }
}
