/** Actions on Kubernetes: the real kubectl against a stand-in for the API server, which keeps one node and one service account. */
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
  { name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get', 'list'] },
  { name: 'serviceaccounts', singularName: 'serviceaccount', namespaced: true, kind: 'ServiceAccount', verbs: ['get', 'list', 'create', 'delete'] }];
let born = 1;
const accounts = new Map([['shop', { kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name: 'shop', namespace: 'web', uid: 'u-1', resourceVersion: '1', labels: { app: 'shop' } } }]]);
const ACCOUNTS = '/api/v1/namespaces/web/serviceaccounts';
const none = (code = 404) => ({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', message: 'not found', code });
const onAccounts = (method, path, query, body) => {
  const name = path.slice(ACCOUNTS.length + 1);
  if (method === 'POST') {
    const { metadata, ...rest } = JSON.parse(body);
    // As the real one: a version must not be given, and the id is that of the server.
    if (metadata.resourceVersion) return none(400);
    accounts.set(metadata.name, { ...rest, metadata: { ...metadata, uid: 'u-' + ++born, resourceVersion: String(born) } });
    return accounts.get(metadata.name);
  }
  if (name === '') {
    const wanted = /metadata.name%3D([^&]*)/.exec(query ?? '')?.[1];
    const items = [...accounts.values()].filter(({ metadata }) => !wanted || metadata.name === wanted);
    return { kind: 'ServiceAccountList', apiVersion: 'v1', metadata: { resourceVersion: '9' }, items };
  }
  const found = accounts.get(name);
  if (found === undefined) return none();
  if (method === 'DELETE') {
    accounts.delete(name);
    return { kind: 'Status', apiVersion: 'v1', status: 'Success', details: { name, kind: 'serviceaccounts', uid: found.metadata.uid } };
  }
  return found;
};
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
  '/api/v1/namespaces/web/pods': () => ({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [] }),
};
require('http').createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  const [path, query] = request.url.split('?');
  if (request.method === 'PATCH' && path.startsWith('/api/v1/nodes/web-1')) merge(node, JSON.parse(body));
  const answer = path.startsWith(ACCOUNTS) ? onAccounts(request.method, path, query, body) : answers[path]?.() ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', message: 'not found', code: 404 };
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

  const account = (): string =>
    call(['kubectl', 'get', 'serviceaccount', 'shop', '-n', 'web', '-o', 'json'], { env }).stdout;

  it('revoke-service-account-token gives the account another id, by which its tokens are known, and keeps its labels', async () => {
    const trial = await trialOf(
      'revoke-service-account-token',
      { namespace: 'web', service_account: 'shop' },
      (argv) => call(argv, { env }),
    );
    expect(trial.plan.risk).toBe('destructive');
    trial.remember();
    expect([trial.check(), trial.verify()]).toEqual(['holds', 'fails']);
    const before = JSON.parse(account()) as { metadata: Record<string, unknown> };
    const { status, stderr } = trial.run();
    expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
    expect(trial.verify()).toBe('holds');
    const { metadata } = JSON.parse(account()) as typeof before;
    expect(metadata['uid']).not.toBe(before.metadata['uid']);
    expect({ ...metadata, uid: 0, resourceVersion: 0 }).toEqual({
      ...before.metadata,
      ...{ uid: 0, resourceVersion: 0 },
    });
  });

  it('revoke-service-account-token takes an account that is not there for no answer, and makes none', async () => {
    const trial = await trialOf(
      'revoke-service-account-token',
      { namespace: 'web', service_account: 'gone' },
      (argv) => call(argv, { env }),
    );
    expect(trial.run().status).not.toBe(0);
    expect([trial.check(), trial.verify()]).toEqual(['unknown', 'unknown']);
  });
});
