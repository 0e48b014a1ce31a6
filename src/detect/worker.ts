/** The worker thread: compiles the rules once, then reads one task after the other. */
import { parentPort } from 'node:worker_threads';
import { FORMATS } from '../logs/formats/list.ts';
import { useOwnFormats } from '../logs/own-formats.ts';
import { atOnce } from '../logs/turns.ts';
import { compileRuleSet } from '../sigma/compile-rule-set.ts';
import { claim } from './claims.ts';
import { createFilter } from './event-filter.ts';
import { createResolver } from './fields/resolver.ts';
import { usePlaces } from './geo/here.ts';
import { createPlan } from './plan.ts';
import type { WorkerStart, WorkerTasks } from './pool.ts';
import { unpackDocuments } from './rule-cache.ts';
import { createScanner, type Scanner } from './scan-task.ts';

if (parentPort === null) throw new Error('this file is the code of a worker thread');
const port = parentPort;

/** The first message starts the reader; then come the tasks of each run. */
type Message = WorkerStart | WorkerTasks;

let scanner: Scanner | undefined;

async function start(given: WorkerStart): Promise<Scanner> {
  const { documents, mappings, ownFormats, sketchMemory, section, filter, places } = given;
  useOwnFormats(ownFormats);
  if (places !== undefined) {
    const { placesIn } = await import('./geo/geo.ts');
    usePlaces(await placesIn(places));
  }
  const resolve = createResolver(mappings.bundled, mappings.own);
  const { ruleSet } = compileRuleSet(unpackDocuments(documents), resolve);
  return createScanner({
    plan: createPlan(ruleSet),
    formats: FORMATS,
    sketchMemory,
    section,
    filter: createFilter(filter),
  });
}

async function handle(message: Message): Promise<void> {
  if (scanner === undefined) {
    scanner = await start(message as WorkerStart);
    return;
  }
  const { tasks, claims } = message as WorkerTasks;
  for (const [index, task] of tasks.entries()) {
    if (!claim(claims, index)) continue;
    const result = atOnce(scanner.scan(task));
    const { times, locations, kinds, groups, values } = result.rows;
    const { sources, echoes } = result.totals;
    const counted = [sources, echoes].flatMap((each) => [each.addresses, each.values, each.slots]);
    const columns = [...counted, times, locations, kinds, groups, values].map(
      ({ buffer }) => buffer,
    );
    port.postMessage(result, columns as ArrayBuffer[]);
  }
  port.postMessage({ end: true });
}

// One after the other: a task may arrive while the reader still starts.
let done: Promise<void> = Promise.resolve();
port.on('message', (message: Message) => {
  done = done.then(() => handle(message));
});
