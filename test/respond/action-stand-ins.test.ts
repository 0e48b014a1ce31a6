/** Actions on programs that are not here, or must not be touched here: stand-ins that keep a state in a file, and answer as the programs do. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepsContract } from './action-contract.ts';
import { call, trialOf } from './action-world.ts';

/** What systemctl prints and ends with: codes of is-enabled and is-active say that something is off. */
const SYSTEMCTL = `case $1 in
  cat|show) echo "[Unit]" ;;
  is-enabled) read -r enabled _ < "$STATE"; echo "$enabled"; [ "$enabled" = enabled ] ;;
  is-active) read -r _ active < "$STATE"; echo "$active"; [ "$active" = active ] || exit 3 ;;
  stop) read -r enabled _ < "$STATE"; echo "$enabled inactive" > "$STATE" ;;
  start) read -r enabled _ < "$STATE"; [ "$enabled" != masked ] && echo "$enabled active" > "$STATE" ;;
  mask) read -r enabled active < "$STATE"; echo "$enabled" > "$STATE.was"; echo "masked $active" > "$STATE" ;;
  unmask) read -r _ active < "$STATE"; echo "$(cat "$STATE.was") $active" > "$STATE" ;;
esac`;
const PODMAN = `read -r status network < "$STATE"
case "$1 $2" in
  'inspect --type')
    [ "$4" = web ] || { echo "no such container" >&2; exit 125; }
    printf '[\n  {\n    "State": {\n      "Status": "%s",\n      "Health": { "Status": "" }\n    },\n    "NetworkSettings": {\n      "Networks": {\n' "$status"
    [ "$network" = on ] && printf '        "podman": {\n        }\n'
    printf '      }\n    }\n  }\n]\n' ;;
  'pause web') [ "$status" = running ] && echo "paused $network" > "$STATE" ;;
  'unpause web') [ "$status" = paused ] && echo "running $network" > "$STATE" ;;
  'network disconnect') echo "$status off" > "$STATE" ;;
  'network connect') echo "$status on" > "$STATE" ;;
  *) exit 125 ;;
esac`;
const CSCLI = `case "$1 $2" in
  'decisions list') echo 'id,source,ip,reason,action,country,as,events_count,expiration,simulated,alert_id'
    ! grep -qxF "$4" "$STATE" || echo "7,cscli,Ip:$4,ir A-001,ban,,,1,23h59m,false,7" ;;
  'decisions add') echo "$4" >> "$STATE" ;;
  'decisions delete') grep -vxF "$4" "$STATE" > "$STATE.new" || :; mv "$STATE.new" "$STATE" ;;
esac`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-stand-in-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ['disable-unit', 'systemctl', SYSTEMCTL, 'enabled active', { unit: 'sysupdate.timer' }],
  ['disable-unit', 'systemctl', SYSTEMCTL, 'static inactive', { unit: 'sysupdate.service' }],
  ['pause-container', 'podman', PODMAN, 'running on', { container: 'web' }],
  ['cut-container-network', 'podman', PODMAN, 'running on', { container: 'web' }],
  ['ban-with-crowdsec', 'cscli', CSCLI, '192.0.2.9', { address: '203.0.113.7' }],
  ['ban-with-crowdsec', 'cscli', CSCLI, '192.0.2.9', { address: '2001:db8::7' }],
])(
  '%s keeps its contract with a stand-in for %s',
  async (action, program, script, before, values) => {
    const state = join(folder, 'state');
    writeFileSync(state, `${before}\n`);
    writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, program), 0o755);
    const env = { PATH: `${folder}:/usr/bin:/bin`, STATE: state, LC_ALL: 'C.UTF-8' };
    const trial = await trialOf(action, values, (argv) => call(argv, { env }));
    keepsContract(trial, () => readFileSync(state, 'utf8').trim());
  },
);

it.each([
  ['pause-container', 'podman', PODMAN, { container: 'gone' }],
  ['cut-container-network', 'podman', PODMAN, { container: 'gone' }],
  ['disable-unit', 'systemctl', 'echo not-found; exit 4', { unit: 'gone.service' }],
])('%s takes what %s does not have for no answer', async (action, program, script, values) => {
  const state = join(folder, 'state');
  writeFileSync(state, 'running on\n');
  writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, program), 0o755);
  const env = { PATH: `${folder}:/usr/bin:/bin`, STATE: state };
  const trial = await trialOf(action, values, (argv) => call(argv, { env }));
  expect([trial.check(), trial.verify(), trial.undoVerify()]).toEqual([
    'unknown',
    'unknown',
    'unknown',
  ]);
});
