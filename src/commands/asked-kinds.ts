/** What can be asked for, with the name of the places in the command tree where it stands. */
export const ASKED = {
  incidents: 'key',
  steps: 'step',
  playbooks: 'playbook',
  rules: 'rule',
  formats: 'log-format',
  templates: 'template',
  zones: 'zone',
  fields: 'field',
  regulations: 'regulation',
} as const;

/** One of the kinds of values. */
export type Asked = keyof typeof ASKED;
