/** A real OpenSearch on loopback, from packages of Maven: see the files beside this one. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { isThere } from '../needs.ts';

/** Where the build lies; `.ci/run` makes it beforehand. */
const TARGET =
  process.env['IR_TEST_OPENSEARCH'] ??
  resolve(import.meta.dirname, '../../node_modules/.cache/opensearch');

const onPath = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));

/** Can one be started here? Says in one line when not. */
export const canStart = (): boolean =>
  isThere(
    'Java and Maven, for a real OpenSearch',
    onPath('java') && (onPath('mvn') || existsSync(join(TARGET, 'ready'))),
  );

export interface OpenSearchNode {
  url: string;
  host: string;
  child: ChildProcess;
  stop(): Promise<void>;
}

/** Builds it where that was not done, starts it, and waits until it serves. */
export async function startNode(settings: readonly string[] = []): Promise<OpenSearchNode> {
  if (!existsSync(join(TARGET, 'ready')))
    execFileSync(join(import.meta.dirname, 'build.sh'), [TARGET], {
      stdio: ['ignore', 'ignore', 'inherit'],
      // The tests are run without a home.
      env: { ...process.env },
    });
  const home = mkdtempSync(join(tmpdir(), 'ir-opensearch-'));
  const classes = `${TARGET}/classes:${readFileSync(join(TARGET, 'classpath'), 'utf8')}`;
  const child = spawn(
    'java',
    [
      ...['-Xms384m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'],
      ...['-Dfile.encoding=UTF-8', '-Djava.locale.providers=SPI,COMPAT', '-Xlog:disable'],
      ...['-Dio.netty.noUnsafe=true', '-Dio.netty.noKeySetOptimization=true'],
      ...['-cp', classes, 'breachline.TestNode', home, ...settings],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  let said = '';
  child.stderr!.on('data', (data: Buffer) => {
    said = (said + data.toString()).slice(-5000);
  });
  const url = await new Promise<string>((done, fail) => {
    let out = '';
    child.stdout!.on('data', (data: Buffer) => {
      out += data.toString();
      const ready = /^READY (\S+)/m.exec(out);
      if (ready !== null) done(ready[1]!);
    });
    void gone.then(() => fail(new Error(`OpenSearch ended: ${said}`)));
  });
  return {
    url,
    host: url.replace('http://', ''),
    child,
    async stop() {
      child.kill('SIGKILL');
      await gone;
      process.off('exit', kill);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
