/** The text of a new playbook: a commented beginning, or a copy of one that is there. Pure. */
import { PHASES } from '../incidents/incident.ts';
import { ROLES } from '../incidents/roles.ts';

/** Text of one line, as YAML takes it anywhere. */
const quoted = (text: string): string => JSON.stringify(text);

const STEPS: Readonly<Record<(typeof PHASES)[number], string>> = {
  triage: `    - id: keep-evidence
      title: Keep what vanishes first
      why: What runs now is gone after the next restart.
      instructions: Say what to look for in the output, and what to do with it.
      due: PT15M                     # from entry into the phase
      evidence: ["List of processes"]
      command: { risk: read, run: [ps, -e, -o, "pid,ppid,user,lstart,args", --forest] }
    - id: find-out-whether
      title: Find out whether it goes on
      why: The answer decides what comes next.
      instructions: Say how to tell. Nobody has to guess, "unclear" is an answer.
      asks: [still_active]
      due: PT30M
      owner: analyst
`,
  containment: `    - id: stop-it
      title: Stop it for now
      why: Say what gets worse with every minute.
      instructions: Short-term first, what lasts longer after it.
      when: var.still_active != no    # not knowing counts as yes
      due: PT1H
      # What changes something has a verify and an undo, or names an action of the catalogue:
      # action: { name: block-ip, with: { address: "{{ source_ip }}" }, for: PT24H }
`,
  eradication: `    - id: remove-it
      title: Remove what was left behind
      why: What stays brings it back.
      instructions: Where to look, and what never is right.
      owner: system_owner
`,
  recovery: `    - id: watch-for-return
      title: Watch for fourteen days
      why: It comes back when nobody looks any more.
      instructions: What to raise an alarm on, and until when.
      owner: analyst
`,
  post_incident: `    - id: write-report
      title: Write the post-mortem
      why: Without it the next responder starts from nothing.
      instructions: Run "ir report" and answer the questions in it.
      owner: incident_commander
`,
};

/** A beginning that is valid as it stands. */
export const newPlaybookText = (id: string, title: string): string =>
  `# yaml-language-server: $schema=playbook.json (docs/schemas/ of the program)
# What each key means stands in docs/playbooks.md. Check it with "ir playbook check", walk it with "ir playbook test".
id: ${id}
title: ${quoted(title)}
summary: >-
  One paragraph for the person who chooses under pressure.
applies_to:                          # proposes the playbook for findings that fit
  techniques: []                     # ATT&CK ids such as T1110
  tactics: []
references:
  - { title: "NIST SP 800-61r3", url: "https://csrc.nist.gov/pubs/sp/800/61/r3/final" }
variables:
  - { name: source_ip, type: ip, from: source.ip, description: "Address that it comes from" }
  - { name: still_active, type: choice, choices: ["yes", "no"], description: "Does it go on?" }

# Owners of steps: ${ROLES.join(', ')}
phases:
${PHASES.map((phase) => `  ${phase}:\n${STEPS[phase]}`).join('\n')}`;

/** The text of a playbook under another id and title; comments stay. */
export const copyPlaybookText = (text: string, id: string, title: string | undefined): string => {
  const renamed = text.replace(/^id:[^\n]*$/m, `id: ${id}`);
  return title === undefined
    ? renamed
    : renamed.replace(/^title:[^\n]*$/m, `title: ${quoted(title)}`);
};
