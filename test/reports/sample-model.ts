/** A report model of an empty incident, for tests of templates. */

import { tellStories } from '../../src/detect/story/story.ts';
import { sayStories } from '../../src/detect/story/tell.ts';
import { clockLines, NOT_LEGAL_ADVICE } from '../../src/incidents/clock-state.ts';
import { custodyOf } from '../../src/incidents/evidence.ts';
import type { WholeIncident } from '../../src/incidents/incident-store.ts';
import { clockDoubtText } from '../../src/incidents/journal-clock.ts';
import { metricsOf } from '../../src/incidents/key-times.ts';
import { tellJournal } from '../../src/incidents/tell-journal.ts';
import { buildReport } from '../../src/reports/build-report.ts';
import type { PlaybookFacts, ReportInput } from '../../src/reports/report-input.ts';
import type { ReportModel } from '../../src/reports/report-model.ts';

const AT = '2026-03-01T08:00:00.000Z';

export const emptyDetail = (changes: Partial<WholeIncident> = {}): WholeIncident => ({
  incident: {
    id: '0'.repeat(32),
    key: 'INC-2026-0001',
    title: 'Odd logins',
    description: '',
    severity: 'SEV3',
    impact: 'low',
    urgency: 'medium',
    type: '',
    phase: 'triage',
    status: 'open',
    determination: 'suspected',
    times: {
      occurred: undefined,
      detected: AT,
      acknowledged: undefined,
      declared: AT,
      contained: undefined,
      eradicated: undefined,
      recovered: undefined,
      closed: undefined,
    },
    openedBy: 'alex',
    isDrill: false,
    facts: {},
    phaseEntered: { triage: AT },
  },
  steps: [],
  notes: [],
  commandRuns: [],
  findings: [],
  sources: [],
  evidence: [],
  custody: [],
  bags: [],
  clocks: [],
  roles: [],
  decisions: [],
  tasks: [],
  assets: [],
  notices: [],
  variables: {},
  clockDoubts: [],
  unknownKinds: {},
  journal: [],
  head: 'ab'.repeat(32),
  ...changes,
});

const INTACT = { isIntact: true, problem: undefined };

export const modelOf = (
  detail: WholeIncident,
  playbook?: PlaybookFacts,
  chain: ReportInput['chain'] = INTACT,
  actions: ReportInput['actions'] = [],
): ReportModel =>
  buildReport({
    review: { state: 'draft', reviewers: [] },
    written: {},
    detail,
    metrics: metricsOf(detail.incident.times),
    doubtfulTimes: detail.clockDoubts.map(clockDoubtText),
    evidence: detail.evidence.map((item) => ({ ...item, ...custodyOf(item, detail.custody) })),
    author: 'alex',
    story: sayStories(tellStories({ findings: detail.findings, files: [], isIncident: true })),
    told: tellJournal(detail.journal, new Map()),
    techniqueNames: new Map([['T1505.003', 'Server Software Component: Web Shell']]),
    clocks: clockLines(detail.clocks, new Date(AT)),
    advice: NOT_LEGAL_ADVICE,
    recommended: [],
    drafts: [],
    playbook,
    actions,
    chain,
  });
