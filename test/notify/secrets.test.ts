/** Ten secrets are planted; none stands in any file, in what is printed, or in what is shown of it. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listNotices, notify } from '../../src/commands/notify.ts';
import { createReceiver } from './receiver.ts';
import { setUp } from './setup.ts';

const secrets = Array.from({ length: 10 }, (_, index) => `pl4nted-s3cret-${index}-"x&y`);

it('keeps secrets out of files, journal, answers and previews', async () => {
  const server = await createReceiver();
  const env = Object.fromEntries(
    secrets.map((one, index) => [
      `S${index}`,
      index < 5 ? one : `${server.url}/${encodeURIComponent(one)}`,
    ]),
  );
  const setup = await setUp('CLEAR', env);
  try {
    const key = { env: 'S0' };
    writeFileSync(join(setup.folder, 'key'), secrets[1]!);
    setup.configure({
      a: {
        type: 'webhook',
        url: { env: 'S5' },
        secret: key,
        headers: { 'x-token': { env: 'S2' } },
      },
      b: { type: 'pagerduty', url: server.url, routing_key: { file: '../key' } },
      c: { type: 'slack', url: { env: 'S6' } },
      d: { type: 'mattermost', url: { env: 'S7' } },
      e: { type: 'teams', url: { env: 'S8' } },
      f: {
        ...{ type: 'sns', topic: 'arn:aws:sns:eu-central-1:123456789012:ir', url: server.url },
        ...{ access_key: { env: 'S9' }, secret_key: { env: 'S4' }, session_token: { env: 'S3' } },
      },
    });
    // The other side says the secrets back.
    server.answers.unshift((response) => {
      const { url = '', headers } = response.req;
      const heard = [headers['x-token'], url, decodeURIComponent(url), server.got.at(-1)?.body];
      response.writeHead(400).end(heard.join(' ').slice(0, 180));
    });
    server.answers.splice(1);
    const seen: unknown[] = [];
    seen.push((await notify(setup.context, 'hello', { dryRun: true })).result);
    seen.push((await notify(setup.context, 'hello', {})).result);
    seen.push(await listNotices(setup.context), setup.said);
    expect(server.got).toHaveLength(6);
    expect(server.got.some(({ headers }) => headers['x-token'] === secrets[2])).toBe(true);
    const files = readdirSync(join(setup.folder, '.ir'), { recursive: true })
      .map((name) => join(setup.folder, '.ir', String(name)))
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path, 'latin1'));
    expect(files.length).toBeGreaterThan(0);
    const everything = JSON.stringify(seen) + files.join('\n');
    for (const index of secrets.keys()) expect(everything).not.toContain(`pl4nted-s3cret-${index}`);
  } finally {
    setup.remove();
    await server.close();
  }
});
