import type { ReactNode } from 'react';
import { Icon } from '../components/icon';
import { Markdown } from '../markdown';
import { useSurface } from './context';
import { Element } from './element';
import { RichText } from './rich-text';
import { Text, textOf } from './text';

type Block = Record<string, unknown>;

export function Blocks({ blocks }: { blocks: Record<string, unknown>[] }): ReactNode {
  return (
    <div className="blocks">
      {blocks.map((block, key) => (
        <OneBlock key={String(block.block_id ?? key)} block={block} />
      ))}
    </div>
  );
}

function OneBlock({ block }: { block: Block }): ReactNode {
  const { snapshot } = useSurface();
  const id = String(block.block_id ?? '');
  const list = (name: string): Block[] => (Array.isArray(block[name]) ? (block[name] as Block[]) : []);
  switch (block.type) {
    case 'section':
      return (
        <div className="block section" data-block-id={id}>
          <div className="section-main">
            {block.text === undefined ? null : (
              <div>
                <Text value={block.text} />
              </div>
            )}
            {list('fields').length > 0 ? (
              <div className="fields">
                {list('fields').map((field, key) => (
                  <div key={key}>
                    <Text value={field} />
                  </div>
                ))}
              </div>
            ) : null}
          </div>
          {block.accessory === undefined ? null : (
            <div className="accessory">
              <Element blockId={id} element={block.accessory as Block} />
            </div>
          )}
        </div>
      );
    case 'header':
      return (
        <h3 className="block header">
          <Text value={block.text} />
        </h3>
      );
    case 'divider':
      return <hr className="block" />;
    case 'context':
      return (
        <div className="block context">
          {list('elements').map((element, key) =>
            element.type === 'image' ? (
              <img key={key} src={String(element.image_url)} alt={String(element.alt_text ?? '')} />
            ) : (
              <span key={key}>
                <Text value={element} />
              </span>
            ),
          )}
        </div>
      );
    case 'actions':
      return (
        <div className="block actions" data-block-id={id}>
          {list('elements').map((element, key) => (
            <Element key={String(element.action_id ?? key)} blockId={id} element={element} />
          ))}
        </div>
      );
    case 'image':
      return (
        <figure className="block image">
          {block.title === undefined ? null : (
            <figcaption>
              <Text value={block.title} />
            </figcaption>
          )}
          <img src={String(block.image_url)} alt={String(block.alt_text ?? '')} />
        </figure>
      );
    case 'input':
      return <InputBlock block={block} id={id} />;
    case 'rich_text':
      return (
        <div className="block">
          <RichText elements={list('elements')} />
        </div>
      );
    case 'markdown':
      return (
        <div className="block">
          <Markdown text={String(block.text ?? '')} names={snapshot} />
        </div>
      );
    case 'table':
      return <Table rows={(block.rows as Block[][] | undefined) ?? []} />;
    case 'file':
      return (
        <div className="block context">
          <Icon name="file" size={16} /> {String(block.external_id ?? 'A file')}
        </div>
      );
    case 'video':
      return (
        <figure className="block image">
          <a href={webLink(block.title_url ?? block.video_url)} target="_blank" rel="noreferrer noopener">
            <Text value={block.title} />
          </a>
          <img src={webLink(block.thumbnail_url)} alt={String(block.alt_text ?? '')} />
        </figure>
      );
    default:
      return <div className="block context">A “{String(block.type)}” block, which the playground does not draw.</div>;
  }
}

function webLink(value: unknown): string | undefined {
  return typeof value === 'string' && /^https?:\/\//i.test(value) ? value : undefined;
}

function InputBlock({ block, id }: { block: Block; id: string }): ReactNode {
  const { errors } = useSurface();
  const error = errors[id];
  const optional = block.optional === true;
  const label = textOf(block.label);
  return (
    <div className={error === undefined ? 'block input' : 'block input has-error'} data-block-id={id}>
      <div className="input-label" id={`label-${id}`}>
        <Text value={block.label} />
        {optional ? <span className="optional"> (optional)</span> : null}
      </div>
      <Element
        blockId={id}
        element={block.element as Block}
        label={label}
        dispatches={block.dispatch_action === true}
        inInput
        required={!optional}
        invalid={error !== undefined}
      />
      <div id={`note-${id}`}>
        {error === undefined ? null : (
          <div className="input-error" role="alert">
            {error}
          </div>
        )}
        {block.hint === undefined ? null : (
          <div className="input-hint">
            <Text value={block.hint} />
          </div>
        )}
      </div>
    </div>
  );
}

function Table({ rows }: { rows: Block[][] }): ReactNode {
  return (
    <div className="block table-scroll">
      <table>
        <tbody>
          {rows.map((row, r) => (
            <tr key={r}>
              {row.map((cell, c) => (r === 0 ? <th key={c}>{cellOf(cell)}</th> : <td key={c}>{cellOf(cell)}</td>))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cellOf(cell: Block): ReactNode {
  if (cell.type === 'rich_text') return <RichText elements={(cell.elements as Block[] | undefined) ?? []} />;
  return String(cell.text ?? '');
}
