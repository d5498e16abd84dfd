import { Fragment, type ReactNode } from 'react';
import { Emoji, Mention } from '../mrkdwn';
import { dateWords } from '../text/date-words';
import { useSurface } from './context';

type Node = Record<string, unknown>;

export function RichText({ elements }: { elements: Node[] }): ReactNode {
  return (
    <div className="mrkdwn">
      {elements.map((element, key) => (
        <Part key={key} element={element} />
      ))}
    </div>
  );
}

function Part({ element }: { element: Node }): ReactNode {
  const inner = (Array.isArray(element.elements) ? element.elements : []) as Node[];
  switch (element.type) {
    case 'rich_text_section':
      return (
        <div>
          {inner.map((leaf, key) => (
            <Leaf key={key} leaf={leaf} />
          ))}
        </div>
      );
    case 'rich_text_preformatted':
      return (
        <pre tabIndex={0}>
          {inner.map((leaf, key) => (
            <Leaf key={key} leaf={leaf} />
          ))}
        </pre>
      );
    case 'rich_text_quote':
      return (
        <blockquote>
          {inner.map((leaf, key) => (
            <Leaf key={key} leaf={leaf} />
          ))}
        </blockquote>
      );
    case 'rich_text_list': {
      const items = inner.map((item, key) => (
        <li key={key}>
          <Part element={item} />
        </li>
      ));
      const indent = { marginLeft: `${Number(element.indent ?? 0) * 1.4}em` };
      return element.style === 'ordered' ? <ol style={indent}>{items}</ol> : <ul style={indent}>{items}</ul>;
    }
    default:
      return null;
  }
}

function Leaf({ leaf }: { leaf: Node }): ReactNode {
  const { snapshot } = useSurface();
  const style = (leaf.style ?? {}) as Record<string, boolean>;
  let node: ReactNode = null;
  if (leaf.type === 'text') node = String(leaf.text ?? '');
  if (leaf.type === 'link')
    node = (
      <a
        href={/^https?:/.test(String(leaf.url)) ? String(leaf.url) : undefined}
        target="_blank"
        rel="noreferrer noopener"
      >
        {String(leaf.text ?? leaf.url)}
      </a>
    );
  if (leaf.type === 'emoji') node = <Emoji name={String(leaf.name)} />;
  if (leaf.type === 'user') node = <Mention kind="user" id={String(leaf.user_id)} names={snapshot} />;
  if (leaf.type === 'channel') node = <Mention kind="channel" id={String(leaf.channel_id)} names={snapshot} />;
  if (leaf.type === 'usergroup') node = <Mention kind="group" id={String(leaf.usergroup_id)} names={snapshot} />;
  if (leaf.type === 'broadcast') node = <Mention kind="broadcast" id={String(leaf.range)} names={snapshot} />;
  if (leaf.type === 'date') node = dateWords(String(leaf.format), Number(leaf.timestamp) * 1000, Date.now());
  if (style.code === true) node = <code>{node}</code>;
  if (style.bold === true) node = <strong>{node}</strong>;
  if (style.italic === true) node = <em>{node}</em>;
  if (style.strike === true) node = <s>{node}</s>;
  return <Fragment>{node}</Fragment>;
}
