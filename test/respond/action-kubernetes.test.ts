/** Actions on Kubernetes: the real kubectl against a stand-in for the API server, which keeps one node. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isThere } from '../needs.ts';
import { keepsContract } from './action-contract.ts';
import { call, isInstalled, trialOf } from './action-world.ts';

/** Answers what kubectl asks of nodes and pods; a program of its own, because a trial waits for each call. */
const STAND_IN = `const node = { kind: 'Node', apiVersion: 'v1', metadata: { name: 'web-1', labels: { zone: 'a' } }, spec: { podCIDR: '192.0.2.0/24' } };
const resources = [{ name: 'nodes', singularName: 'node', namespaced: false, kind: 'Node', verbs: ['get', 'list', 'patch'] },
  { name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get', 'list'] }];
const merge = (into, from) => {
  for (const [key, value] of Object.entries(from))
    if (value === null) delete into[key];
    else if (typeof value === 'object') merge((into[key] ??= {}), value);
    else into[key] = value;
};
const answers = {
  '/api': () => ({ kind: 'APIVersions', versions: ['v1'] }),
  '/apis': () => ({ kind: 'APIGroupList', apiVersion: 'v1', groups: [] }),
  '/api/v1': () => ({ kind: 'APIResourceList', groupVersion: 'v1', resources }),
  '/api/v1/nodes/web-1': () => node,
  '/api/v1/pods': () => ({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [] }),
};
require('http').createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  const path = request.url.split('?')[0];
  if (request.method === 'PATCH' && path.startsWith('/api/v1/nodes/web-1')) merge(node, JSON.parse(body));
  const answer = answers[path]?.() ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', message: 'not found', code: 404 };
  response.writeHead(answer.code ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;

const hasKubectl = isThere('actions on Kubernetes: kubectl', isInstalled('kubectl'));

describe.skipIf(!hasKubectl)('kubectl against a stand-in', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ir-kubectl-'));
  const server = spawn(process.execPath, ['-e', STAND_IN], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const env = { PATH: '/usr/bin:/bin', HOME: folder, KUBECONFIG: join(folder, 'config') };
  beforeAll(async () => {
    const port = await new Promise<string>((resolve) =>
      server.stdout.once('data', (text) => resolve(String(text).trim())),
    );
    const name = 'name: x';
    writeFileSync(
      env.KUBECONFIG,
      `apiVersion: v1\nkind: Config\ncurrent-context: x\nclusters: [{ ${name}, cluster: { server: "http://127.0.0.1:${port}" } }]
contexts: [{ ${name}, context: { cluster: x, user: x } }]\nusers: [{ ${name}, user: {} }]\n`,
    );
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });

  it('cordon-node marks one node, and takes the mark off', async () => {
    const trial = await trialOf('cordon-node', { node: 'web-1' }, (argv) => call(argv, { env }));
    keepsContract(
      trial,
      () => call(['kubectl', 'get', 'node', 'web-1', '-o', 'json'], { env }).stdout,
    );
  });

  it('cordon-node takes a node that is not there for no answer', async () => {
    const trial = await trialOf('cordon-node', { node: 'web-2' }, (argv) => call(argv, { env }));
    expect([trial.check(), trial.verify(), trial.undoVerify()]).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ]);
  });
});
