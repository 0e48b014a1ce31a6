/** `ir serve`: the live page and the case in a browser. */
import { randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createHostFigures } from '../alerts/host-figures.ts';
import { messageOf, usageError } from '../errors.ts';
import { readAct } from '../serve/act.ts';
import { type Dashboard, loadDashboards } from '../serve/dashboard.ts';
import { hostPanelFigures } from '../serve/host.ts';
import { followFindings } from '../serve/live-findings.ts';
import { metricsText } from '../serve/metrics.ts';
import type { Known } from '../serve/panels.ts';
import { createRefusalLog } from '../serve/refusal-log.ts';
import { serve as listen } from '../serve/server.ts';
import { createSite } from '../serve/site.ts';
import { readCounters } from '../watch/counters-file.ts';
import { isLoopback } from '../watch/receive/address.ts';
import { followTraffic } from '../watch/traffic-file.ts';
import type { CommandContext } from './context.ts';
import type { CommandOutcome } from './outcome.ts';
import { readCases } from './serve-case.ts';
import { lineFinder } from './serve-lines.ts';
import { writeAct } from './serve-write.ts';
import { type WatchCommandOptions, watch } from './watch.ts';
import { watchFolder } from './watch-folder.ts';

/** The options of `ir serve` as commander gives them. */
export interface ServeCommandOptions {
  listen?: string;
  dashboard?: string;
  name?: string;
  level?: NonNullable<WatchCommandOptions['level']>;
  tokenFile?: string;
  tlsCert?: string;
  tlsKey?: string;
  insecure?: boolean;
  /** Takes answers to steps, notes, acknowledgements and silences. */
  write?: boolean;
  geoip?: string;
}

/** Where it serves. */
export interface ServeResult {
  /** With the token behind the #. */
  url: string;
  /** Ends when the run is interrupted. */
  ended: Promise<void>;
}

const DEFAULT_LISTEN = '127.0.0.1:8417';
const LEAST_TOKEN = 20;
const TICK_MS = 1000;

/** Serves until it is interrupted. With paths it watches them itself, under the lock of the watch. */
export async function serve(
  context: CommandContext,
  paths: readonly string[],
  options: ServeCommandOptions,
): Promise<CommandOutcome<ServeResult>> {
  const { settings, signal, say } = context;
  const place = readPlace(options, settings.cwd);
  const dashboards = loadDashboards(settings.env);
  const first = firstOf(dashboards, options.dashboard ?? 'overview');
  const token = readToken(context, options);
  const name = options.name ?? 'main';
  const folder = watchFolder(context, name);
  const { level, geoip } = options;
  const asked = { name, ...(level && { level }), ...(geoip && { geoip }) };
  const watching = paths.length === 0 ? undefined : await watch(context, paths, asked);
  const cases = readCases(context);
  const findings = followFindings(folder);
  let known: Known = emptyKnown(context);
  const minutes = followTraffic(folder);
  const host = createHostFigures([settings.cwd], []);
  const look = async (): Promise<void> => {
    findings.look();
    known = {
      ...{ nowMs: context.now().getTime(), counters: readCounters(folder) },
      ...{ findings: findings.all(), minutes: minutes() },
      host: hostPanelFigures(host.samples(context.now().getTime())),
      ...{ alerts: await cases.alerts(), incidents: await cases.incidents() },
    };
  };
  await look();
  const site = createSite({
    ...{ dashboards, first, known: () => known },
    ...{ finding: findings.find, incident: cases.incident, canWrite: options.write === true },
    lines: lineFinder(context),
  });
  const act = async (body: string): Promise<string> => {
    const read = readAct(body);
    if ('problem' in read) throw usageError(read.problem);
    const written = await writeAct(context, read);
    await look();
    await site.tell();
    return written;
  };
  const serving = await listen({
    ...{ host: place.host, port: place.port, tls: place.tls, token, isOwnName: place.isOwnName },
    ...{ door: site.door, answer: site.answer, act: options.write === true ? act : undefined },
    metrics: (clients, refused) => metricsText(known, clients, refused),
    say: createRefusalLog(say, () => context.now().getTime()),
  });
  const ended = Promise.all([
    keepTelling(signal, say, async () => {
      await look();
      await site.tell();
    }),
    drain(watching?.result.findings),
  ]).then(async () => {
    await serving.close();
    await cases.close();
  });
  const shown = place.host.includes(':') ? `[${place.host}]` : place.host;
  const url = `http${place.tls === undefined ? '' : 's'}://${shown}:${serving.port}/#${token}`;
  return { result: { url, ended }, isLive: true };
}

const emptyKnown = ({ now }: CommandContext): Known => ({
  ...{ nowMs: now().getTime(), counters: undefined },
  ...{ findings: [], minutes: [], alerts: [], incidents: [], host: [] },
});

/** Once a second; what goes wrong is said when it begins and does not end it. */
async function keepTelling(
  signal: AbortSignal,
  say: (text: string) => void,
  tell: () => Promise<void>,
): Promise<void> {
  let trouble = '';
  while (!signal.aborted) {
    await pause(TICK_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const reason = await tell().then(() => '', messageOf);
    if (reason !== '' && reason !== trouble) say(`the pages are not brought up to date: ${reason}`);
    trouble = reason;
  }
}

async function drain(findings: AsyncIterable<unknown> | undefined): Promise<void> {
  if (findings === undefined) return;
  for await (const _ of findings) {
    // The pages read them where the watch notes them.
  }
}

function firstOf(dashboards: readonly Dashboard[], name: string): string {
  if (dashboards.some((one) => one.name === name)) return name;
  throw usageError(
    `--dashboard: there is no "${name}"`,
    `There are ${dashboards.map((one) => one.name).join(', ')}; your own go into the folder dashboards beside config.yml.`,
  );
}

/** Where and how it listens. */
interface Place {
  host: string;
  port: number;
  tls: { cert: string; key: string } | undefined;
  isOwnName(name: string): boolean;
}

function readPlace(options: ServeCommandOptions, cwd: string): Place {
  const { listen: address = DEFAULT_LISTEN, tlsCert, tlsKey, insecure } = options;
  const found = /^(\[[0-9a-f:]+\]|[\w.-]+)(?::(\d{1,5}))?$/i.exec(address);
  const port = Number(found?.[2] ?? 8417);
  if (found === null || port > 65_535)
    throw usageError(`--listen: "${address}" is no address`, 'Write ADDRESS or ADDRESS:PORT.');
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw usageError('--tls-cert and --tls-key go together', 'Name both.');
  const host = found[1]!.replace(/^\[|\]$/g, '');
  const tls =
    tlsCert === undefined || tlsKey === undefined
      ? undefined
      : {
          cert: readText('--tls-cert', resolve(cwd, tlsCert)),
          key: readText('--tls-key', resolve(cwd, tlsKey)),
        };
  if (!isLoopback(host) && tls === undefined && insecure !== true)
    throw usageError(
      `--listen: ${host} is open to other machines, and whoever is between could read everything`,
      'Name --tls-cert and --tls-key, or say --insecure where the network is trusted.',
    );
  const names = [host.toLowerCase(), ...(isLoopback(host) ? [] : [hostname().toLowerCase()])];
  const certificate = tls === undefined ? undefined : new X509Certificate(tls.cert);
  const isOwnName = (name: string): boolean =>
    names.includes(name) || certificate?.checkHost(name) !== undefined;
  return { host, port, tls, isOwnName };
}

function readText(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw usageError(`${flag}: ${path} cannot be read: ${messageOf(error)}`);
  }
}

/** A new one for each run, unless one is given: a program that scrapes needs one that stays. */
function readToken({ settings }: CommandContext, { tokenFile }: ServeCommandOptions): string {
  const given =
    tokenFile === undefined
      ? settings.env['IR_SERVE_TOKEN']
      : readText('--token-file', resolve(settings.cwd, tokenFile)).trim();
  if (given === undefined) return randomBytes(32).toString('base64url');
  if (given.length >= LEAST_TOKEN && /^[\w.~-]+$/.test(given)) return given;
  throw usageError(
    `the token must have at least ${LEAST_TOKEN} letters, digits, . _ ~ or -`,
    'head -c 32 /dev/urandom | base64 | tr -d +/= makes one.',
  );
}
