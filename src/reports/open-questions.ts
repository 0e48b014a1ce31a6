/** What a report cannot know by itself: each gap as a question to the writer, with the command that answers it. */

import { instantText, plural } from '../events/words.ts';
import type { NoteKind } from '../incidents/incident.ts';
import type { WholeIncident } from '../incidents/incident-store.ts';
import { blameIn } from './blame-words.ts';
import type { NoteItem, Question, ReportModel, Section } from './report-model.ts';

type Known = Omit<ReportModel, 'questions' | 'ask' | 'summary'>;

/** All questions, in the order of the report's sections. */
export function openQuestions(all: Known, detail: WholeIncident): Question[] {
  const model = withoutWithdrawn(all);
  return [
    ...summaryQuestions(model),
    ...impactQuestions(model),
    ...timeQuestions(model),
    ...detectionQuestions(model),
    ...attackQuestions(model),
    ...responseQuestions(model),
    ...checklistQuestions(model),
    ...changeQuestions(model),
    ...lessonQuestions(model),
    ...actionQuestions(model),
    ...custodyQuestions(model),
    ...clockQuestions(model),
    ...blameQuestions(detail),
  ];
}

/** A note that was taken back answers nothing. */
function withoutWithdrawn(model: Known): Known {
  const standing = <T extends NoteItem>(notes: readonly T[]): T[] =>
    notes.filter(({ withdrawn }) => withdrawn === null);
  return {
    ...model,
    impact: standing(model.impact),
    detection: { ...model.detection, notes: standing(model.detection.notes) },
    factors: standing(model.factors),
    wentWell: standing(model.wentWell),
    wentBadly: standing(model.wentBadly),
    lucky: standing(model.lucky),
    actions: standing(model.actions),
  };
}

const question = (section: Section, text: string, command = ''): Question => ({
  section,
  text,
  command,
});

function summaryQuestions({ incident }: Known): Question[] {
  const questions: Question[] = [];
  if (incident.description.trim() === '') {
    questions.push(
      question(
        'summary',
        'What happened, in two or three sentences that somebody outside the team understands? Say what the intruder wanted and how it ended.',
        'ir update --description "..."',
      ),
    );
  }
  if (incident.determination === 'suspected') {
    questions.push(
      question(
        'summary',
        'What was it in the end: confirmed, blocked, a failed attempt, or a false positive? It still counts as suspected.',
        'ir update --determination confirmed',
      ),
    );
  }
  return questions;
}

function impactQuestions({ impact, incident }: Known): Question[] {
  if (impact.length > 0) return [];
  const degree = incident.impact === 'none' ? 'none' : incident.impact;
  return [
    question(
      'impact',
      `What did it do to the business? The impact is rated "${degree}" and no note says why: which services, for how long, how many customers or accounts?`,
      'ir note --kind impact "..."',
    ),
    question(
      'impact',
      'Which data could be read or taken: what kinds, about how many records and people? Write "none" with the proof if there were none; legal deadlines may hang on it.',
      'ir note --kind impact "..."',
    ),
  ];
}

function detectionQuestions({ detection }: Known): Question[] {
  if (detection.notes.length > 0) return [];
  return [
    question(
      'times',
      'How did it come to be known: an alarm, a colleague, a customer, somebody outside? What would have shown it earlier?',
      'ir note --kind detection "..."',
    ),
  ];
}

function timeQuestions({ keyTimes, attack, incident }: Known): Question[] {
  const at = new Map(keyTimes.map((item) => [item.name, item.at]));
  const questions: Question[] = [];
  const earliest = attack.firstAt;
  const occurred = at.get('occurred') ?? null;
  if (occurred === null) {
    questions.push(
      earliest === null
        ? question(
            'times',
            'When was the first malicious activity? No evidence is saved that could tell.',
            'ir update --occurred-at TIME',
          )
        : question(
            'times',
            `When was the first malicious activity? The earliest finding shown here is from ${instantText(earliest)}.`,
            `ir update --occurred-at ${earliest}`,
          ),
    );
  } else if (earliest !== null && Date.parse(earliest) < Date.parse(occurred) - 1_000) {
    questions.push(
      question(
        'times',
        `Is the time of the first malicious activity right? It says ${instantText(occurred)}, but a finding is from ${instantText(earliest)}.`,
        `ir update --occurred-at ${earliest}`,
      ),
    );
  }
  if ((at.get('detected') ?? null) === null) {
    questions.push(
      question(
        'times',
        'When was it first noticed? Until that is given, none of the four metrics can be told.',
        'ir update --detected-at TIME',
      ),
    );
  }
  if ((at.get('acknowledged') ?? null) === null) {
    questions.push(
      question(
        'times',
        'When did somebody take the incident on?',
        'ir update --acknowledged-at TIME',
      ),
    );
  }
  const isHarmless =
    incident.determination === 'false_positive' || incident.determination === 'failed_attempt';
  if (isHarmless) return questions;
  const ends = [
    ['contained', 'When could the intruder do no more harm?'],
    ['eradicated', 'When were the causes and the last foothold removed?'],
    ['recovered', 'When was normal operation restored?'],
  ] as const;
  for (const [name, text] of ends) {
    if ((at.get(name) ?? null) === null)
      questions.push(question('times', text, `ir update --${name}-at TIME`));
  }
  return questions;
}

function attackQuestions({ attack, incident }: Known): Question[] {
  if (attack.findings === 0) {
    return [
      question(
        'attack',
        'What did the attacker do, and which log lines show it? No findings are saved in this incident.',
        'ir timeline PATHS --save',
      ),
    ];
  }
  const questions: Question[] = [];
  const undated = attack.timeline.filter(({ firstAt }) => firstAt === null).length;
  if (undated > 0) {
    questions.push(
      question(
        'attack',
        `When did the ${plural(undated, 'finding')} without a time happen? Their log lines carry none.`,
        'ir note "..."',
      ),
    );
  }
  if (incident.determination === 'confirmed') {
    const tactics = new Set(attack.timeline.flatMap((item) => item.tactics));
    if (!tactics.has('initial-access')) {
      questions.push(
        question(
          'attack',
          'How did the intruder get in? No finding shows the initial access.',
          'ir note "initial access: ..."',
        ),
      );
    }
  }
  return questions;
}

function responseQuestions({ responders }: Known): Question[] {
  if (responders.length > 1) return [];
  return [
    question(
      'response',
      `Who else took part? The journal knows only ${responders.length === 0 ? 'nobody' : responders[0]}. Name roles rather than people, and what each was told and when.`,
      'ir note "..."',
    ),
  ];
}

function checklistQuestions({ checklist, incident }: Known): Question[] {
  if (incident.type === '') {
    return [
      question(
        'checklist',
        'Which playbook fits? The incident follows none, so nothing shows that no step was missed.',
        'ir update --type PLAYBOOK',
      ),
    ];
  }
  const questions = checklist.flatMap((phase) => {
    const open = phase.steps.filter((step) => step.isRequired && step.status === 'pending');
    if (open.length === 0) return [];
    const titles = open.map(({ title }) => `"${title}"`).join(', ');
    return [
      question(
        'checklist',
        `${phase.title}: which of these required steps were done, and why not the others? No answer is recorded for ${titles}.`,
        // A closed incident takes notes only.
        incident.status === 'closed'
          ? 'ir note "..."'
          : `ir respond --done ${open[0]!.id} --note "..."`,
      ),
    ];
  });
  const waived = checklist
    .flatMap((phase) => phase.steps)
    .filter((step) => step.status === 'waived' && step.reason.trim() === '');
  return [
    ...questions,
    ...waived.map((step) =>
      question(
        'checklist',
        `Why was "${step.title}" waived? No reason is recorded.`,
        'ir note "..."',
      ),
    ),
  ];
}

const changeQuestions = ({ changes, onSystems }: Known): Question[] => [
  ...onSystems.flatMap(({ number, name, target, host, standing, until }) => {
    if (standing === 'unknown' || standing === 'failed')
      return question(
        'changes',
        `What of ${number} (${name} on ${target}) is on ${host}? It ${standing === 'failed' ? 'failed' : 'did not report back'}.`,
        'ir actions',
      );
    if (standing !== 'in place') return [];
    const end = until === null ? ', and until when' : ` until ${instantText(until)}`;
    return question(
      'changes',
      `Is ${number} (${name} on ${target}, at ${host}) meant to stay${end}? Nothing shows that it was undone.`,
      `ir undo ${number} --yes`,
    );
  }),
  ...changes.map(({ command, host, undo }) =>
    question(
      'changes',
      `Is this change on ${host} meant to stay, and until when: ${command}? Nothing shows that it was undone.`,
      undo === '' ? 'ir note "..."' : undo,
    ),
  ),
];

function lessonQuestions(model: Known): Question[] {
  const lessons: readonly [Section, number, NoteKind, string][] = [
    [
      'factors',
      model.factors.length,
      'factor',
      'Which conditions, technical and organisational, made this possible or worse? Name several; a single root cause hides the others.',
    ],
    [
      'wentWell',
      model.wentWell.length,
      'went_well',
      'What worked as intended and must be kept: a control, an alarm, a habit, a decision?',
    ],
    [
      'wentBadly',
      model.wentBadly.length,
      'went_badly',
      'What cost time or made it worse: missing logs, access, knowledge, tools, decisions?',
    ],
    [
      'lucky',
      model.lucky.length,
      'lucky',
      'Where were we only lucky? What would have happened on a worse day?',
    ],
  ];
  return lessons.flatMap(([section, count, kind, text]) =>
    count > 0 ? [] : [question(section, text, `ir note --kind ${kind} "..."`)],
  );
}

function actionQuestions({ actions, tasks }: Known): Question[] {
  const ofTasks = tasks.filter(({ isActionItem, state }) => isActionItem && state !== 'dropped');
  const all = [
    ...actions,
    ...ofTasks.map(({ number, title, owner, due }) => ({ text: `${number} ${title}`, owner, due })),
  ];
  if (all.length === 0) {
    return [
      question(
        'actions',
        'What will be done so that this cannot happen the same way, or is seen sooner? Start each with a verb.',
        'ir note --kind action_item "Do ... @owner due 2026-12-31"',
      ),
    ];
  }
  return all.flatMap(({ text, owner, due }) => {
    const missing = [owner === null ? 'owner' : '', due === null ? 'due date' : ''].filter(
      (part) => part !== '',
    );
    if (missing.length === 0) return [];
    return [
      question(
        'actions',
        `Who and when: the action item "${text}" has no ${missing.join(' and no ')}.`,
        'ir note --kind action_item "... @owner due 2026-12-31"',
      ),
    ];
  });
}

function custodyQuestions({ custody }: Known): Question[] {
  const questions: Question[] = [];
  if (!custody.isIntact) {
    questions.push(
      question(
        'custody',
        `The journal's chain does not verify (${custody.problem ?? 'reason not known'}). What happened to the store? Until this is answered, do not rely on this report.`,
        'ir verify',
      ),
    );
  }
  for (const { number, path, problem } of custody.sources) {
    if (problem !== null && !problem.includes('left out'))
      questions.push(
        question(
          'custody',
          `${number} (${path}) could not be read in full: ${problem}. Can the rest be had from elsewhere?`,
          'ir timeline PATH --save',
        ),
      );
  }
  return questions;
}

const SECTION_OF_KIND: Readonly<Record<NoteKind, Section>> = {
  note: 'response',
  impact: 'impact',
  detection: 'times',
  factor: 'factors',
  went_well: 'wentWell',
  went_badly: 'wentBadly',
  lucky: 'lucky',
  action_item: 'actions',
};

function clockQuestions({ custody }: Known): Question[] {
  return custody.clockDoubts.map((sentence) =>
    question('times', `Which time is right? ${sentence}`, 'ir note "..."'),
  );
}

function blameQuestions({ notes }: WholeIncident): Question[] {
  return notes.flatMap((note) => {
    const { kind, seq, withdrawn, text, corrections } = note;
    const found = withdrawn === undefined ? blameIn(corrections.at(-1)?.text ?? text) : undefined;
    if (found === undefined) return [];
    return [
      question(
        SECTION_OF_KIND[kind] ?? 'response',
        `Can note ${seq} be put without blame? It says "${found.words}"; ${found.instead}.`,
        `ir note --corrects ${seq} "..."`,
      ),
    ];
  });
}
