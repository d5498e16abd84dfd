import type { ReactNode } from 'react';
import { Mrkdwn, Plain } from '../mrkdwn';
import { type TextObject, useSurface } from './context';

export function Text({ value }: { value: unknown }): ReactNode {
  const { snapshot } = useSurface();
  const text = value as TextObject | undefined;
  if (text === undefined || typeof text.text !== 'string') return null;
  return text.type === 'mrkdwn' ? <Mrkdwn text={text.text} names={snapshot} /> : <Plain text={text.text} />;
}

export function textOf(value: unknown): string {
  return (value as TextObject | undefined)?.text ?? '';
}
