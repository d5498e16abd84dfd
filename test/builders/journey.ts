import type { PlaygroundMessage } from '../../src/playground/index.js';
import { type Entry, type SlackPerson, wholeText } from './slack-person.js';

interface Wish {
  readonly item: string;
  /** Of the item, as its form is headed. */
  readonly title: string;
  /** The name in its resource's title, as its cards begin. */
  readonly name: string;
  /** What is typed page by page, by block id: `param:name`, `environment`. */
  readonly pages: readonly Readonly<Record<string, Entry>>[];
}

/** What a person does in front of Slack from the slash command to the end, also while the bot dies under their hands again and again. */
export class Journey {
  constructor(
    private readonly person: SlackPerson,
    private readonly channel: string,
  ) {}

  /** Up to the card that says that it is ready. */
  async request({ item, title, name, pages }: Wish): Promise<PlaygroundMessage> {
    const { person } = this;
    await person.slash(`/qm request ${item}`, this.channel);
    await person.waitForModal(title);
    for (const page of pages) {
      const before = person.modal();
      await person.fill(page);
      await person.submit();
      await person.waitFor((me) => me.modal() !== before && me.modal(), 'the next page');
    }
    await person.waitFor((me) => me.modal()?.submit === 'Send request', 'a plan that may be sent');
    await this.sent();
    return person.waitFor(this.card(name, /^Ready/), 'the card ready');
  }

  /** A button of the resource's card, its form (null: it asks nothing), its plan; up to the words on the card. */
  async operate(
    name: string,
    {
      button,
      title,
      fields,
      until,
    }: { button: string; title: string; fields: Readonly<Record<string, Entry>> | null; until: RegExp },
  ): Promise<PlaygroundMessage> {
    const { person, channel } = this;
    const about = (me: SlackPerson, words: RegExp): PlaygroundMessage | undefined =>
      me.messages(channel).findLast((message) => message.text.startsWith(name) && words.test(wholeText(message)));
    if (about(person, new RegExp(title)) === undefined) await person.slash(`/qm resource ${name}`, channel);
    await person.click(button, await person.waitFor((me) => about(me, new RegExp(title)), 'its card'));
    if (fields !== null) {
      await person.waitForModal(title);
      await person.fill(fields);
      await person.submit();
    }
    await person.waitForModal('The plan');
    await this.sent();
    return person.waitFor((me) => about(me, until), `the card says ${String(until)}`);
  }

  /** `typed`: what its form wants typed before anything is destroyed. */
  async destroy(name: string, typed = name): Promise<PlaygroundMessage> {
    const { person } = this;
    await person.click('Destroy', await person.waitFor(this.card(name, /^Ready/), 'the card ready'));
    await person.waitForModal('Destroy');
    await person.fill({ name: typed });
    await this.sent();
    return person.waitFor(this.card(name, /^Destroyed/), 'the card destroyed');
  }

  /** Who is not answered, because the bot died in that moment, sees the form still open. */
  private async sent(): Promise<void> {
    const { ok } = await this.person.submit();
    if (!ok && this.person.modal() !== undefined) await this.person.close(true);
  }

  private card(name: string, text: RegExp) {
    return (me: SlackPerson): PlaygroundMessage | undefined =>
      me
        .messages(this.channel)
        .find(
          (message) =>
            message.ephemeralTo === undefined && text.test(message.text) && wholeText(message).includes(name),
        );
  }
}
