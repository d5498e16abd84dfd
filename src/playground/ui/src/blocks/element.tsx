import type { ReactNode } from 'react';
import { Button, Overflow } from './button';
import { Choices } from './choices';
import { useSurface } from './context';
import { Field } from './field';
import { FileField } from './file-field';
import { Select } from './select';

export interface ElementProps {
  blockId: string;
  element: Record<string, unknown>;
  label?: string;
  /** In an input block: its value is kept with the view rather than told at once, unless it dispatches. */
  inInput?: boolean;
  dispatches?: boolean;
  required?: boolean;
  /** It has an error shown below it. */
  invalid?: boolean;
}

export function Element(props: ElementProps): ReactNode {
  switch (props.element.type) {
    case 'button':
    case 'workflow_button':
      return <Button {...props} />;
    case 'overflow':
      return <Overflow {...props} />;
    case 'image':
      return <img className="thumb" src={String(props.element.image_url)} alt={String(props.element.alt_text ?? '')} />;
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'datepicker':
    case 'timepicker':
    case 'datetimepicker':
      return <Field {...props} />;
    case 'file_input':
      return <FileField {...props} />;
    case 'checkboxes':
      return <Choices {...props} kind="checkbox" />;
    case 'radio_buttons':
      return <Choices {...props} kind="radio" />;
    default:
      return String(props.element.type).endsWith('_select') ? (
        <Select {...props} />
      ) : (
        <span className="context">A “{String(props.element.type)}”, which the playground does not draw.</span>
      );
  }
}

/** Where a value goes: with the view for inputs, to the app for everything else. */
export function useValue({ blockId, element, inInput, dispatches }: ElementProps): {
  current: Record<string, unknown>;
  set(value: Record<string, unknown> | null): void;
} {
  const surface = useSurface();
  const actionId = String(element.action_id ?? '');
  return {
    current: (surface.state[blockId]?.[actionId] ?? {}) as Record<string, unknown>,
    set: (value) => {
      if (inInput === true) void surface.input(blockId, actionId, value);
      if (inInput !== true || dispatches === true) void surface.dispatch(blockId, actionId, value ?? {});
    },
  };
}
