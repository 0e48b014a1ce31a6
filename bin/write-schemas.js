#!/usr/bin/env node
// Writes docs/schemas/ anew from the built program: JSON schemas for editors.
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { playbookJsonSchema } from '../dist/respond/playbook-json-schema.js';

const path = new URL('../docs/schemas/playbook.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(playbookJsonSchema(z), null, 2)}\n`);
