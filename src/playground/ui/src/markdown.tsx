import type { ReactNode } from 'react';
import type { ClientSnapshot } from '../../protocol';
import { Parts } from './mrkdwn';
import { type MarkdownBlock, parseMarkdown } from './text/markdown';
import type { Inline } from './text/mrkdwn';

/** A `markdown` block as React nodes, never as HTML. */
export function Markdown({ text, names }: { text: string; names: ClientSnapshot }): ReactNode {
  return (
    <div className="mrkdwn markdown">
      {parseMarkdown(text).map((block, key) => (
        <div key={key}>
          {drawn(block, (parts) => (
            <Parts parts={parts} names={names} />
          ))}
        </div>
      ))}
    </div>
  );
}

function drawn(block: MarkdownBlock, words: (parts: Inline[]) => ReactNode): ReactNode {
  const lines = (all: Inline[][]): ReactNode => all.map((line, key) => <div key={key}>{words(line)}</div>);
  switch (block.kind) {
    case 'heading':
      return (
        <div role="heading" aria-level={block.level + 2} className={`md-heading level-${block.level}`}>
          {words(block.parts)}
        </div>
      );
    case 'paragraph':
      return lines(block.lines);
    case 'quote':
      return <blockquote>{lines(block.lines)}</blockquote>;
    case 'code':
      return <pre tabIndex={0}>{block.text}</pre>;
    case 'rule':
      return <hr className="block" />;
    case 'list': {
      const items = block.items.map((item, key) => (
        <li key={key} className={item.done === undefined ? '' : 'task'}>
          {item.done === undefined ? null : <input type="checkbox" checked={item.done} disabled readOnly />}
          {words(item.parts)}
        </li>
      ));
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case 'table': {
      const [head = [], ...rows] = block.rows;
      return (
        <div className="table-scroll">
          <table>
            <thead>
              <tr>
                {head.map((cell, key) => (
                  <th key={key}>{words(cell)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, at) => (
                <tr key={at}>
                  {row.map((cell, key) => (
                    <td key={key}>{words(cell)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    }
  }
}
