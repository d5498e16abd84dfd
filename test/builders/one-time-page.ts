/** A browser that opened a one-time page on which a secret is given. */
export class OneTimePage {
  private cookie = '';

  constructor(readonly url: string) {}

  /** Presses Continue; answers the number that the page shows, or undefined when it shows none. */
  async begin(): Promise<string | undefined> {
    const answer = await fetch(this.url, { method: 'POST', headers: { cookie: this.cookie } });
    this.cookie = (answer.headers.get('set-cookie') ?? this.cookie).split(';')[0] ?? '';
    return /class="number">(\d\d)</.exec(await answer.text())?.[1];
  }

  /** Whether the page may ask by now. */
  field(): Promise<Response> {
    return this.send('field', '');
  }

  give(value: string): Promise<Response> {
    return this.send('value', value);
  }

  private send(what: string, body: string): Promise<Response> {
    const headers = { cookie: this.cookie, 'x-requested-with': 'quartermaster', 'content-type': 'text/plain' };
    return fetch(`${this.url}/${what}`, { method: 'POST', headers, body });
  }
}
