#!/usr/bin/env node
// Writes docs/schemas/ anew from the built program: JSON schemas for editors.
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { planJsonSchema } from '../dist/plan/plan-schema.js';
import { playbookJsonSchema } from '../dist/respond/playbook-json-schema.js';

const schemas = { playbook: playbookJsonSchema(z), plan: planJsonSchema(z) };
for (const [name, schema] of Object.entries(schemas)) {
  const path = new URL(`../docs/schemas/${name}.json`, import.meta.url);
  writeFileSync(path, `${JSON.stringify(schema, null, 2)}\n`);
}
