import { Fragment, type ReactNode } from 'react';
import { Emoji } from '../mrkdwn';
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
      return element.style === 'ordered' ? <ol>{items}</ol> : <ul>{items}</ul>;
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
  if (leaf.type === 'user')
    node = (
      <span className="mention">
        @{snapshot.users.find((user) => user.id === leaf.user_id)?.realName ?? String(leaf.user_id)}
      </span>
    );
  if (leaf.type === 'channel')
    node = (
      <span className="mention">
        #{snapshot.channels.find((channel) => channel.id === leaf.channel_id)?.name ?? String(leaf.channel_id)}
      </span>
    );
  if (style.code === true) node = <code>{node}</code>;
  if (style.bold === true) node = <strong>{node}</strong>;
  if (style.italic === true) node = <em>{node}</em>;
  if (style.strike === true) node = <s>{node}</s>;
  return <Fragment>{node}</Fragment>;
}
