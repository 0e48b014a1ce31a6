/** The JSON schema of a playbook file for editors, made from the schema that checks it. */
import type { z as Zod } from 'zod';
import { buildPlaybookSchema } from './playbook-schema.ts';

/** The schema as JSON, with the zod that the caller has loaded. What only code can check, it does not say. */
export const playbookJsonSchema = (z: typeof Zod): Record<string, unknown> => ({
  ...z.toJSONSchema(buildPlaybookSchema(z), { io: 'input', reused: 'ref' }),
  title: 'Breachline playbook',
  description:
    'What to do in one kind of incident. docs/playbooks.md explains each key; "ir playbook check" knows more mistakes.',
});
