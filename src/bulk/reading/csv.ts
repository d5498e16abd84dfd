/** A record of a CSV file. A quoted cell may go over several lines: `line` is where the record begins. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

export type CsvReading =
  | { readonly ok: true; readonly records: CsvRecord[] }
  | { readonly ok: false; readonly line: number; readonly message: string };

const SEPARATORS = [',', ';', '\t'] as const;

/**
 * RFC 4180, as spreadsheets write it: quoted cells, any line ends, a byte order mark, and semicolons or tabs where a
 * country's comma is taken. Blank lines are no records. Linear in time.
 */
export function readCsv(source: string): CsvReading {
  const text = source.replace(/^\uFEFF/, '');
  return new Scanner(text, separatorOf(text)).read();
}

/** The one that stands most often in the first line. */
function separatorOf(text: string): string {
  const [first = ''] = text.trimStart().split(/\r?\n/, 1);
  const count = (separator: string): number => first.split(separator).length;
  return SEPARATORS.reduce<string>((best, one) => (count(one) > count(best) ? one : best), ',');
}

class Scanner {
  private at = 0;
  private line = 1;

  constructor(
    private readonly text: string,
    private readonly separator: string,
  ) {}

  read(): CsvReading {
    const records: CsvRecord[] = [];
    while (this.at < this.text.length) {
      const line = this.line;
      const cells = this.record();
      if (cells === null)
        return {
          ok: false,
          line,
          message: 'A quote is opened here and never closed. Close it, or write "" for a quote.',
        };
      if (cells.some((cell) => cell !== '')) records.push({ line, cells });
    }
    return { ok: true, records };
  }

  private record(): string[] | null {
    const cells: string[] = [];
    for (;;) {
      const cell = this.text[this.at] === '"' ? this.quoted() : this.plain();
      if (cell === null) return null;
      cells.push(cell.trim());
      const next = this.text[this.at];
      if (next === this.separator) this.at += 1;
      else {
        this.endOfLine();
        return cells;
      }
    }
  }

  private endOfLine(): void {
    if (this.text[this.at] === '\r' && this.text[this.at + 1] === '\n') this.at += 1;
    this.at += 1;
    this.line += 1;
  }

  private plain(): string {
    const from = this.at;
    while (this.at < this.text.length && !this.endsCell(this.text[this.at])) this.at += 1;
    return this.text.slice(from, this.at);
  }

  private quoted(): string | null {
    const parts: string[] = [];
    for (;;) {
      const close = this.text.indexOf('"', this.at + 1);
      if (close === -1) return null;
      const part = this.text.slice(this.at + 1, close);
      this.line += part.split('\n').length - 1;
      parts.push(part);
      this.at = close + 1;
      if (this.text[this.at] !== '"') return parts.join('"') + this.plain();
    }
  }

  private endsCell(letter: string | undefined): boolean {
    return letter === this.separator || letter === '\n' || letter === '\r';
  }
}
