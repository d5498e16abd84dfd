import { z } from 'zod';
import { idParser } from '../access-document.js';
import { isZone, moment } from './zone.js';

const local = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$/, 'write a date like 2026-12-18, or a time like 2026-12-18T18:00')
  .refine((text) => moment(text, 'UTC') !== null, 'there is no such date');

const freeze = z
  .strictObject({
    id: idParser,
    title: z.string().trim().min(1).max(100),
    /** Local times in the file's zone; a date alone is its midnight. */
    from: local,
    until: local,
    environments: z.array(idParser).min(1).exactOptional(),
    teams: z.array(idParser).min(1).exactOptional(),
    items: z.array(idParser).min(1).exactOptional(),
  })
  .refine((value) => value.from < value.until, {
    path: ['until'],
    message: 'it ends before it begins',
    params: { remedy: 'write a later time' },
  });

/** The shape of `catalog/freezes.yaml`. */
export const freezeParser = z.strictObject({
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'a version has three numbers, 1.0.0'),
  /** IANA name; also the zone of `time.*` in the rules. */
  zone: z.string().refine(isZone, 'there is no such time zone'),
  freezes: z.array(freeze).max(200).default([]),
});

export type FreezeDocument = z.infer<typeof freezeParser>;
export type Freeze = FreezeDocument['freezes'][number];
