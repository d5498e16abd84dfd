import type { ParameterFormat, ParameterType } from './parameter-schema.js';

const TYPES: Readonly<Record<ParameterType, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'yes or no',
  array: 'a list',
  object: 'a group of fields',
};

const FORMATS: Readonly<Record<ParameterFormat, string>> = {
  date: 'a date, like 2026-12-31',
  time: 'a time of day, like 14:30',
  'date-time': 'a moment, like 2026-12-31T14:30:00Z',
  email: 'an e-mail address',
  uri: 'a web address, like https://example.com',
  ipv4: 'an IPv4 address, like 192.0.2.10',
  ipv6: 'an IPv6 address, like 2001:db8::1',
  hostname: 'a host name, like db.example.com',
  uuid: 'a UUID, like 123e4567-e89b-12d3-a456-426614174000',
  'slack-user': 'a person of this workspace',
  'slack-channel': 'a channel of this workspace',
};

/** `Port must be …` */
export function typeWords(type: ParameterType | undefined): string {
  return TYPES[type ?? 'string'];
}

export function formatWords(format: ParameterFormat | undefined): string {
  return FORMATS[format ?? 'date'];
}
