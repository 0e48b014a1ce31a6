/** The worker thread: compiles the rules once, then reads one task after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { FORMATS } from '../logs/formats/list.ts';
import { compileRuleSet } from '../sigma/compile-rule-set.ts';
import { createFilter } from './event-filter.ts';
import { resolveField } from './field-mapping.ts';
import { compileGrep } from './grep.ts';
import { createPlan } from './plan.ts';
import type { WorkerData } from './pool.ts';
import { createScanner, type ScanTask } from './scan-task.ts';

const { documents, sketchMemory, filter, section } = workerData as WorkerData;
const { ruleSet } = compileRuleSet(documents, resolveField);
const scanner = createScanner({
  plan: createPlan(ruleSet),
  formats: FORMATS,
  sketchMemory,
  section,
  filter: createFilter(filter, await compileGrep(filter.grep)),
});

parentPort?.on('message', (task: ScanTask | undefined) => {
  if (task === undefined) {
    parentPort?.postMessage({ end: scanner.end() });
    return;
  }
  const result = scanner.scan(task);
  const { rows } = result;
  parentPort?.postMessage(result, [
    rows.times.buffer,
    rows.locations.buffer,
    rows.feeds.buffer,
    rows.groups.buffer,
    rows.values.buffer,
  ] as ArrayBuffer[]);
});
