import type { PlaygroundMessage } from '../../src/playground/index.js';
import { type Entry, type SlackPerson, wholeText } from './slack-person.js';

const PRESSES = 5;
const PRESSED_AGAIN_AFTER_MILLISECONDS = 15_000;

interface Wish {
  readonly item: string;
  /** Of the item, as its form is headed. */
  readonly title: string;
  /** The name in its resource's title, as its cards begin. */
  readonly name: string;
  /** What is typed page by page, by block id: `param:name`, `environment`. */
  readonly pages: readonly Readonly<Record<string, Entry>>[];
}

/** What a person does in front of Slack from the slash command to the end, also while the bot dies again and again. */
export class Journey {
  /** `hands`: of several journeys of one person only one may have a form open. */
  constructor(
    private readonly person: SlackPerson,
    private readonly channel: string,
    private readonly hands: <T>(work: () => Promise<T>) => Promise<T> = (work) => work(),
  ) {}

  /** Up to the card that says that it is ready. */
  async request(wish: Wish): Promise<PlaygroundMessage> {
    await this.hands(() => this.wished(wish));
    return this.person.waitFor(this.card(wish.name, /^Ready/), `the card of ${wish.name} ready`);
  }

  private async wished({ item, title, pages }: Wish): Promise<void> {
    const { person } = this;
    await this.opens(title, () => person.slash(`/qm request ${item}`, this.channel));
    for (const page of pages) {
      const before = person.modal();
      await person.fill(page);
      await person.submit();
      await person.waitFor((me) => me.modal() !== before && me.modal(), 'the next page');
    }
    await person.waitFor((me) => me.modal()?.submit === 'Send request', 'a plan that may be sent');
    await this.sent();
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
    await this.hands(async () => {
      if (about(person, new RegExp(title)) === undefined) await person.slash(`/qm resource ${name}`, channel);
      const card = await person.waitFor((me) => about(me, new RegExp(title)), `the card of ${name}`);
      const press = () => person.click(button, card);
      if (fields === null) await this.opens('The plan', press);
      else {
        await this.opens(title, press);
        await person.fill(fields);
        // Of many plans each is opened in its turn: the form is gone meanwhile.
        await this.opens('The plan', async () => person.modal()?.title === title && person.submit());
      }
      await this.sent();
    });
    return person.waitFor((me) => about(me, until), `the card says ${String(until)}`);
  }

  /** `typed`: what its form wants typed before anything is destroyed. */
  async destroy(name: string, typed = name): Promise<PlaygroundMessage> {
    const { person } = this;
    await this.hands(async () => {
      const card = await person.waitFor(this.card(name, /^Ready/), `the card of ${name} ready`);
      await this.opens('Destroy', () => person.click('Destroy', card));
      await person.fill({ name: typed });
      await this.sent();
    });
    return person.waitFor(this.card(name, /^Destroyed/), `the card of ${name} destroyed`);
  }

  /** What does not open for whoever is not answered in time is pressed again. */
  private async opens(title: string, press: () => Promise<unknown>): Promise<void> {
    for (let left = PRESSES; left > 0; left -= 1) {
      await press();
      const opened = (me: SlackPerson): boolean => me.modal()?.title === title;
      const look = this.person.waitFor(opened, `the modal "${title}"`, PRESSED_AGAIN_AFTER_MILLISECONDS);
      if (await look.catch(() => left === 1 && look)) return;
    }
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
