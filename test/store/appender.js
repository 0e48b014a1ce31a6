// Appends until it is killed and says on stdout what is durable. Arguments: folder of the modules, store folder, tag.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [source, folder, tag, most = '1000000'] = process.argv.slice(2);
const { openStore } = await import(pathToFileURL(join(source, 'store/open-store.js')).href);
const store = await openStore(folder, { create: false });
const id = (await store.list())[0].id;
const at = '2026-03-01T08:00:00.000Z';

for (let number = 1; number <= Number(most); number++) {
  const text = `${tag}:${number}`;
  const steps = Array.from({ length: 20 }, (_, index) => ({
    type: 'step_done',
    payload: { stepId: `${text}:${index}`, phase: 'triage', note: 'x'.repeat(500) },
    at,
    actor: 'alex',
  }));
  await store.append(id, [...steps, { type: 'note_added', payload: { text }, at, actor: 'alex' }]);
  writeSync(1, `${text}\n`);
}
await store.close();
