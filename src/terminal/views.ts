/** The view of each result, loaded when it is printed. The name is what a command's declaration passes. */
import type { View } from './view.ts';

/** A view of whatever result its command gives; the declaration pairs the two. */
type AnyView = { view: View<never> };

/** The view of each result, by the name that declarations pass; loaded when it is shown. */
export const VIEWS: Readonly<Record<string, () => Promise<AnyView>>> = {
  'add-note': () => import('./views/add-note.ts'),
  checklist: () => import('./views/checklist.ts'),
  'close-incident': () => import('./views/close-incident.ts'),
  demo: () => import('./views/demo.ts'),
  'drill-logs': () => import('./views/drill-logs.ts'),
  events: () => import('./views/events.ts'),
  'formats-check': () => import('./views/formats-check.ts'),
  'formats-detect': () => import('./views/formats-detect.ts'),
  'formats-list': () => import('./views/formats-list.ts'),
  'formats-new': () => import('./views/formats-new.ts'),
  'formats-show': () => import('./views/formats-show.ts'),
  'formats-test': () => import('./views/formats-test.ts'),
  'list-drills': () => import('./views/list-drills.ts'),
  'list-incidents': () => import('./views/list-incidents.ts'),
  'open-incident': () => import('./views/open-incident.ts'),
  'plain-text': () => import('./views/plain-text.ts'),
  'playbook-check': () => import('./views/playbook-check.ts'),
  'playbook-list': () => import('./views/playbook-list.ts'),
  'playbook-show': () => import('./views/playbook-show.ts'),
  'reopen-incident': () => import('./views/reopen-incident.ts'),
  report: () => import('./views/report.ts'),
  'report-templates': () => import('./views/report-templates.ts'),
  'show-incident': () => import('./views/show-incident.ts'),
  status: () => import('./views/status.ts'),
  topic: () => import('./views/topic.ts'),
  'timeline-clock': () => import('./views/timeline-clock.ts'),
  timeline: () => import('./views/timeline.ts'),
  'update-incident': () => import('./views/update-incident.ts'),
  'use-incident': () => import('./views/use-incident.ts'),
  'verify-journal': () => import('./views/verify-journal.ts'),
};
