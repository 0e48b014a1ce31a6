/** A small valid playbook as text, for tests to break or to run. */

/** `steps` replaces the containment steps; the other phases have one manual step each. */
export const playbookText = (steps: string, variables = ''): string => `id: sample
title: Sample
summary: For tests.
variables: [${variables}]
phases:
  triage:
    - { id: look, title: Look, why: To see., instructions: Open your eyes. }
  containment:
${steps}
  eradication:
    - { id: clean, title: Clean, why: To be clean., instructions: Scrub. }
  recovery:
    - { id: restore, title: Restore, why: To work., instructions: Switch on. }
  post_incident:
    - { id: learn, title: Learn, why: To know., instructions: Read. }
`;

/** One containment step in flow style; `extra` holds more keys. */
export const stepText = (id: string, extra = ''): string =>
  `    - { id: ${id}, title: Title, why: Reason., instructions: Do it.${extra === '' ? '' : `, ${extra}`} }`;
