/** docs/schemas/playbook.json, which editors take: that of the program, and good for what comes along. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { playbookJsonSchema } from '../../src/respond/playbook-json-schema.ts';
import { bundledFolder } from '../../src/respond/templates-folder.ts';
import { playbookText, stepText } from './sample-playbook.ts';

const path = resolve(import.meta.dirname, '../../docs/schemas/playbook.json');

it('is that of the program (node bin/write-schemas.js writes it anew after a build)', () => {
  const wanted = `${JSON.stringify(playbookJsonSchema(z), null, 2)}\n`;
  expect(readFileSync(path, 'utf8')).toBe(wanted);
});

const validate = new Ajv2020({ strict: false }).compile(
  JSON.parse(readFileSync(path, 'utf8')) as object,
);

it.each(readdirSync(bundledFolder('playbooks')))('takes %s', (name) => {
  const isValid = validate(parse(readFileSync(join(bundledFolder('playbooks'), name), 'utf8')));
  expect([isValid, validate.errors]).toEqual([true, null]);
});

it.each([
  ['an unknown key', stepText('a', 'colour: red')],
  ['an unknown role', stepText('a', 'owner: king')],
  ['a wrong id', stepText('A_b')],
  ['a wrong time', stepText('a', 'due: soon')],
  ['an unknown risk', stepText('a', 'command: { risk: some, run: [id] }')],
])('refuses %s', (_name, step) => {
  expect(validate(parse(playbookText(stepText('a'))))).toBe(true);
  expect(validate(parse(playbookText(step)))).toBe(false);
});
