#!/usr/bin/env node
/**
 * Three nodes of OpenSearch, events in them, and a node killed while rules hunt there: what is found is what the files say.
 *   SOAK_EVENTS=100000   how many events (default: 10 million)
 *   SOAK_RULE=ssh_*      only these rules (default: all)
 */
import { execFileSync, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const events = Number(process.env.SOAK_EVENTS ?? 10_000_000);
const work = mkdtempSync(join(tmpdir(), 'ir-soak-'));
const target = process.env.IR_TEST_OPENSEARCH ?? join(root, 'node_modules/.cache/opensearch');
const children = [];
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true });
});

function startNode(number, seeds) {
  const settings = [
    ...[`node.name=n${number}`, 'discovery.type=zen', `transport.port=${19_300 + number}`],
    ...[`discovery.seed_hosts=${seeds}`, 'cluster.initial_cluster_manager_nodes=n0,n1,n2'],
  ];
  const classes = `${target}/classes:${readFileSync(join(target, 'classpath'), 'utf8')}`;
  const child = spawn(
    'java',
    [
      ...['-Xms512m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xlog:disable'],
      ...['-Djava.locale.providers=SPI,COMPAT', '-cp', classes, 'breachline.TestNode'],
      ...[join(work, `node${number}`), ...settings],
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  children.push(child);
  return new Promise((done, fail) => {
    child.once('exit', () => fail(new Error(`node ${number} ended`)));
    child.stdout.on('data', (data) => {
      const ready = /READY http:\/\/(\S+)/.exec(String(data));
      if (ready !== null) done({ child, host: ready[1] });
    });
  });
}

/** Lines of a day of logins, with one guesser among them. */
async function writeLogs(path) {
  const out = createWriteStream(path);
  const start = Date.parse('2026-11-01T00:00:00Z');
  for (let at = 0; at < events; at += 1) {
    const time = new Date(start + Math.floor((at / events) * 20 * 86_400_000)).toISOString();
    const isGuess = at % Math.ceil(events / 200) === 0;
    const source = isGuess
      ? '203.0.113.9'
      : `10.${at % 250}.${(at >> 8) % 250}.${(at >> 16) % 250}`;
    const said = isGuess
      ? `Failed password for root from ${source} port 4711 ssh2`
      : `Accepted publickey for u${at % 5000} from ${source} port ${1024 + (at % 60_000)} ssh2`;
    if (!out.write(`${time} web01 sshd[${at % 30_000}]: ${said}\n`))
      await new Promise((done) => out.once('drain', done));
  }
  await new Promise((done) => out.end(done));
}

const ir = (...words) =>
  new Promise((done) => {
    const child = spawn(process.execPath, [join(root, 'bin/ir.js'), ...words], {
      cwd: work,
      env: { ...process.env, IR_ACTOR: 'soak' },
    });
    let out = '';
    let said = '';
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (said += data));
    child.on('close', (exit) => done({ exit, out, said }));
  });

const tell = ({ out }) =>
  JSON.stringify(
    JSON.parse(out)
      .findings.map(({ rule, ir: { count, first_seen: first, entities } }) => [
        rule.id,
        count,
        first,
        entities,
      ])
      .sort(),
  );
const seconds = async (what, body) => {
  const began = Date.now();
  const result = await body();
  console.log(`${what}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
  return result;
};

if (!existsSync(join(target, 'ready')))
  execFileSync(join(root, 'test/opensearch/build.sh'), [target]);
const seeds = [0, 1, 2].map((one) => `127.0.0.1:${19_300 + one}`).join(',');
const nodes = await seconds('three nodes', () =>
  Promise.all([0, 1, 2].map((one) => startNode(one, seeds))),
);
const place = `opensearch+http://${nodes[0].host}/soak`;
await fetch(`http://${nodes[0].host}/_cluster/health?wait_for_nodes=3&timeout=120s`);
await writeLogs(join(work, 'auth.log'));
const pushed = await seconds(`push ${events} events`, () =>
  ir('push', `${place}?replicas=1&shards=3`, 'auth.log'),
);
if (pushed.exit !== 0) throw new Error(pushed.said);
await fetch(`http://${nodes[0].host}/_cluster/health/soak?wait_for_status=green&timeout=300s`);
const rules = process.env.SOAK_RULE === undefined ? [] : ['--rule', process.env.SOAK_RULE];
const options = ['--level', 'low', '--fold', 'none', '--json', ...rules];
const wanted = tell(
  await seconds('timeline of the files', () => ir('timeline', 'auth.log', ...options)),
);
const whole = await seconds('hunt', () => ir('hunt', place, ...options));
if (tell(whole) !== wanted) throw new Error('a hunt finds something else than the files say');
await seconds('hunt in the last day', () =>
  ir('hunt', place, '--since', '2026-11-20T00:00:00Z', ...options),
);
const hunting = ir('hunt', place, ...options);
nodes[2].child.removeAllListeners('exit');
nodes[2].child.kill('SIGKILL');
const { exit, out, said } = await hunting;
if (exit === 0 && tell({ out }) !== wanted)
  throw new Error('with a node killed, a hunt is silently another');
if (exit !== 0 && exit !== 5)
  throw new Error(`with a node killed, a hunt ended with ${exit}: ${said}`);
console.log(
  `a node killed while hunting: ${exit === 0 ? 'the whole result' : `said, exit 5: ${said.trim().split('\n').at(-2)}`}`,
);
process.exit(0);
