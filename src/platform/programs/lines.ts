import { StringDecoder } from 'node:string_decoder';

const LONGEST_LINE = 2_000;
// Colours and other terminal commands, then whatever else is not text.
const TERMINAL = new RegExp(
  String.raw`\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])`,
  'g',
);
const CONTROL = new RegExp(String.raw`[\u0000-\u0008\u000B-\u001F\u007F]`, 'g');

/** Cuts a stream of bytes into lines of plain text; a line without end is cut at {@link LONGEST_LINE}. */
export class Lines {
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';

  constructor(private readonly take: (line: string) => void) {}

  write(chunk: Buffer): void {
    const pieces = (this.rest + this.decoder.write(chunk)).split(/\r\n|[\n\r]/);
    this.rest = pieces.pop() ?? '';
    for (const piece of pieces) this.give(piece);
    while (this.rest.length > LONGEST_LINE) {
      this.give(this.rest.slice(0, LONGEST_LINE));
      this.rest = this.rest.slice(LONGEST_LINE);
    }
  }

  end(): void {
    const last = this.rest + this.decoder.end();
    this.rest = '';
    if (last !== '') this.give(last);
  }

  private give(line: string): void {
    const text = line.replace(TERMINAL, '').replace(CONTROL, '');
    this.take(text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text);
  }
}
