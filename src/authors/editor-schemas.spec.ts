import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { editorSchemas } from './editor-schemas.js';

const FOLDER = 'catalog/schema';
const yamlFiles = [
  ...['catalog', 'catalog/items', 'catalog/policies', 'runbooks'].flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => join(folder, file)),
  ),
];

it('are written down as the parsers are now (npm run catalog:schema writes them)', () => {
  const written = new Map(readdirSync(FOLDER).map((file) => [file, readFileSync(join(FOLDER, file), 'utf8')]));
  expect([...written.keys()].sort()).toEqual([...editorSchemas().keys()].sort());
  for (const [file, text] of editorSchemas()) expect([file, written.get(file)]).toEqual([file, text]);
});

it.each(yamlFiles)('%s names its schema, and fits it', (file) => {
  const source = readFileSync(file, 'utf8');
  const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(source) ?? [];
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(resolve(file, '..', schema), 'utf8')) as object);
  expect([validate(parse(source)), validate.errors]).toEqual([true, null]);
});

it('tell an editor what the linter would refuse: an unknown key, an unknown action, a keyword no form can ask for', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  const validate = ajv.compile(JSON.parse(editorSchemas().get('item.json') ?? '') as object);
  const item = parse(readFileSync('catalog/items/demo-service.yaml', 'utf8'));
  const wrong = {
    ...item,
    ownr: 'platform',
    parameters: { ...item.parameters, anyOf: [] },
    steps: [{ ...item.steps[0], action: 'demo:progres' }],
  };
  expect(validate(wrong)).toBe(false);
  expect(validate.errors?.map(({ instancePath }) => instancePath)).toEqual(
    expect.arrayContaining(['', '/parameters/anyOf', '/steps/0/action']),
  );
});
