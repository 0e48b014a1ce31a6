/**
 * Renames everything in the logs of a drill, the answers included: addresses, accounts, hosts, paths and the zone in which stamps
 * without one are written. Deterministic, and one to one, so that what was equal stays equal and nothing else becomes so.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Names of the drills that a breach elsewhere would not have. Names of systems (root, www-data, wtmp) are those of all machines. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  webshop: [
    ...['web01', 'app01', 'backup01', 'shop-example-backup', 'shop-example-media', 'shop-trail'],
    ...['shop.example.com', '111122223333', 'shop-uploader', 'svc-metrics', 'opsadmin', 'deploy'],
    ...['sysupdate', 'shopbackup', '/var/www/shop', 'returns', 'photos', 'damage-', 'IMG_2291'],
    ...['/dev/shm/.c', '.systemd-private', 'payment_methods', 'search', 'products', 'nightly'],
  ],
  'cloud-account': [
    ...['okafor', 'lindqvist', 'haddad', 'nakagawa', 'moreau', 'adeyemi', 'petrov', 'fischer'],
    ...['costa', 'brandt', 'nwosu', 'larsen', 'svc-billing-sync', 'monitoring-agent2'],
    ...['backup-verify', 'ci-runner-eu', 'example-customer-exports', 'example-crm-exports'],
    ...['example-order-archive', 'example-media', '444455556666', 'organisation-trail'],
    ...['main-trail', 'audit-trail', 'storefront', 'metrics-reader', 'example.com', 'export/'],
  ],
  'office-network': [
    ...['abecker', 'bmeyer', 'csanchez', 'dkowalski', 'eolsen', 'ffontaine', 'gwagner', 'hnovak'],
    ...['irossi', 'jdubois', 'klindgren', 'lhoffmann', 'mschulte', 'npeeters', 'ohaugen'],
    ...['svc_print', 'helpdesk2', 'adm-temp', 'sqlsvc2', 'RemoteMgmtHelper', 'PrintCacheSvc'],
    ...['NetUpdateAgent', 'fs01', 'dc01', 'fw01', 'Shares', 'Finance', 'fin.rar', 'hr.rar'],
    ...['example.com', 'vpn-staff'],
  ],
  'database-host': [
    ...['db01', 'billing', 'members', 'shopapp', 'core.1181', '.sess.7f21', 'systemd-private'],
    ...['pg-operator', 'backup-runner', 'deployer', 'node-debug-7xk2', 'metrics-shim'],
    ...['kube-proxy-fix', 'kdevtmpfs', '.font', 'lena@', 'marek@', 'analyst', '222233334444'],
  ],
};

/** How far the zone of the renamed logs is east of UTC. */
const EAST_MINUTES = 330;
/** The zone of the renamed logs, as `--tz` takes it. */
export const RENAMED_ZONE = 'Asia/Kolkata';

const VOWELS = 'aeiou';
const CONSONANTS = 'bcdfghjklmnpqrstvwxyz';

/** Another word of the same form: letters become others of their kind, digits other digits; what stands between stays. */
export const renamed = (word: string): string =>
  word.replace(/[a-z0-9]/gi, (character) => {
    const lower = character.toLowerCase();
    const turned = /\d/.test(lower)
      ? String((Number(lower) * 3 + 1) % 10)
      : (next(VOWELS, lower) ?? next(CONSONANTS, lower) ?? lower);
    return lower === character ? turned : turned.toUpperCase();
  });

const next = (letters: string, letter: string): string | undefined => {
  const at = letters.indexOf(letter);
  return at === -1 ? undefined : letters[(at + (letters.length >> 1)) % letters.length];
};

const NETWORKS: Readonly<Record<string, string>> = {
  '192.0.2': '198.51.100',
  '198.51.100': '203.0.113',
  '203.0.113': '192.0.2',
};

const turnByte = (byte: string): number => (Number(byte) * 7 + 3) % 256;

/** Addresses, one to one, public ones to public ones. */
const renameAddresses = (text: string): string =>
  text
    .replace(
      /(?<![\d.])(192\.0\.2|198\.51\.100|203\.0\.113)\.(\d{1,3})(?![\d.]*\d)/g,
      (_, network: string, host: string) => `${NETWORKS[network]}.${turnByte(host)}`,
    )
    .replace(
      /(?<![\d.])10\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)/g,
      (_, a: string, b: string, c: string) =>
        `172.${16 + (Number(a) % 16)}.${turnByte(b)}.${turnByte(c)}`,
    )
    .replaceAll('2001:db8:', '2001:db8:f');

/** A renamer for the texts of a drill. */
function renamerOf(drill: string): (text: string) => string {
  const words = [...(NAMES[drill] ?? [])].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(
    words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'),
    'gi',
  );
  const plain = (text: string): string => renameAddresses(text.replace(pattern, renamed));
  // auditd writes arguments in hex.
  return (text) =>
    plain(text).replace(/(?<==)[0-9A-F]{8,}\b/g, (hex) => {
      const decoded = Buffer.from(hex, 'hex').toString('latin1');
      const isText = hex.length % 2 === 0 && /^[\0\x20-\x7e]+$/.test(decoded);
      return isText ? Buffer.from(plain(decoded), 'latin1').toString('hex').toUpperCase() : hex;
    });
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A wall clock so many minutes east, given as if it were UTC. */
const east = (text: string): Date => new Date(Date.parse(text) + EAST_MINUTES * 60_000);
const two = (value: number): string => String(value).padStart(2, '0');
const clock = (date: Date): string => date.toISOString().slice(11, 19);

/** Stamps of the machine's own clock, moved into the zone. */
function moveStamps(line: string, year: string): string {
  const syslog = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d) /.exec(line);
  if (syslog !== null) {
    const month = two(MONTHS.indexOf(syslog[1] ?? '') + 1);
    const date = east(`${year}-${month}-${two(Number(syslog[2]))}T${syslog[3]}Z`);
    const day = String(date.getUTCDate()).padStart(2, ' ');
    return `${MONTHS[date.getUTCMonth()]} ${day} ${clock(date)} ${line.slice(syslog[0].length)}`;
  }
  const error = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d) /.exec(line);
  if (error !== null) {
    const date = east(`${error[1]}-${error[2]}-${error[3]}T${error[4]}Z`);
    const day = date.toISOString().slice(0, 10).replaceAll('-', '/');
    return `${day} ${clock(date)} ${line.slice(error[0].length)}`;
  }
  const gateway = /^date=(\S+) time=(\S+) (.*) tz="\+0000"/.exec(line);
  if (gateway !== null) {
    const date = east(`${gateway[1]}T${gateway[2]}Z`);
    const head = `date=${date.toISOString().slice(0, 10)} time=${clock(date)}`;
    return `${head} ${gateway[3]} tz="+0530"${line.slice(gateway[0].length)}`;
  }
  return line.replace(
    /\[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) \+0000\]/,
    (_, day: string, month: string, written: string, time: string) => {
      const date = east(`${written}-${two(MONTHS.indexOf(month) + 1)}-${day}T${time}Z`);
      const stamp = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
      return `[${stamp}:${clock(date)} +0530]`;
    },
  );
}

/** Writes the drill in `from` to `to` under other names, in another zone. */
export function renameDrill(drill: string, from: string, to: string, year: string): void {
  const rename = renamerOf(drill);
  const files = readdirSync(from, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const entry of files) {
    const path = join(entry.parentPath, entry.name).slice(from.length + 1);
    const text = readFileSync(join(from, path), 'utf8');
    const isTruth = path === 'truth.jsonl';
    const target = join(to, isTruth ? path : rename(path));
    mkdirSync(dirname(target), { recursive: true });
    const lines = text.split('\n').map((line) => rename(isTruth ? line : moveStamps(line, year)));
    writeFileSync(target, lines.join('\n'));
  }
}
