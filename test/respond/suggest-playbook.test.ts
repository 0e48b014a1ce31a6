/** From findings to the playbook that fits: the rules that come with the program, each alone. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Finding } from '../../src/detect/finding.ts';
import type { Level } from '../../src/events/level.ts';
import { loadPlaybooks } from '../../src/respond/load-playbooks.ts';
import { suggestPlaybooks } from '../../src/respond/suggest-playbook.ts';
import { bundledFolder } from '../../src/respond/templates-folder.ts';
import { attackOf } from '../../src/sigma/attack-tags.ts';
import { finding } from '../store/sample-entries.ts';

interface Rule {
  title: string;
  level: Level;
  tags: string[];
  path: string;
}

const folder = bundledFolder('rules');
const rules = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((path) => path.endsWith('.yml'))
  .flatMap((path) =>
    parseAllDocuments(readFileSync(join(folder, path), 'utf8')).map(
      (document): Rule => ({ ...(document.toJS() as Rule), path }),
    ),
  )
  .filter(({ level }) => ['medium', 'high', 'critical'].includes(level));
const { playbooks } = await loadPlaybooks({ XDG_CONFIG_HOME: '/nonexistent' });

/** What the first event of its finding says of the log that it stands in. */
const eventOf = (path: string): Finding['event'] =>
  path.startsWith('cloudtrail')
    ? { event: { dataset: 'aws.cloudtrail' } }
    : path.includes('/ssh-')
      ? { process: { name: 'sshd' } }
      : path.startsWith('windows')
        ? { event: { dataset: 'system.security' } }
        : {};

function suggestedFor(title: string): string | undefined {
  const found = rules.find((rule) => rule.title === title);
  if (found === undefined) throw new Error(`no rule "${title}"`);
  const { level, tags, path } = found;
  const base = finding(title);
  const rule = { ...base.rule, ...attackOf(tags), title, name: title, level };
  return suggestPlaybooks(playbooks, [{ ...base, rule, level, event: eventOf(path) }])[0]?.id;
}

it.each<[string, string]>([
  ['ssh-brute-force', 'Sustained SSH brute force from one source'],
  ['ssh-brute-force', 'SSH login succeeded after brute force'],
  ['ssh-brute-force', 'SSH password spraying'],
  ['ssh-brute-force', 'Root logged in over SSH with a password'],
  ['credential-stuffing', 'Login form attacked from many sources'],
  ['credential-stuffing', 'Login form attacked from one source'],
  ['credential-stuffing', 'Web login succeeded after guessing'],
  ['credential-stuffing', 'Many accounts tried from one source'],
  ['credential-stuffing', 'Second factor asked for again and again'],
  ['credential-stuffing', 'Login of a gateway succeeded after guessing'],
  ['credential-stuffing', 'Requirement of a second factor removed'],
  ['web-compromise', 'Command given to a web shell'],
  ['web-compromise', 'Script written by the web server'],
  ['web-compromise', 'Web server account ran a shell'],
  ['web-compromise', 'Sustained SQL injection from one source'],
  ['web-compromise', 'Operating system command in a request'],
  ['web-compromise', 'Cross-site scripting attempt'],
  ['web-compromise', 'File with secrets handed out'],
  ['web-compromise', 'Paths guessed from a word list'],
  ['ransomware', 'Ransom note put into S3'],
  ['ransomware', 'Backups and recovery of Windows destroyed'],
  ['ransomware', 'Backups of a database deleted'],
  ['ransomware', 'Many S3 objects deleted'],
  ['data-exfiltration', 'Large outbound transfer to one address'],
  ['data-exfiltration', 'Many S3 objects read'],
  ['data-exfiltration', 'Data sent with a cloud copy tool'],
  ['data-exfiltration', 'Database dumped to an unusual place'],
  ['api-abuse', 'API limit hit again and again'],
  ['api-abuse', 'Records read one after another'],
  ['ddos', 'Request flood from one source'],
  ['ddos', 'Flood that gets around the cache'],
  ['ddos', 'Rate of server errors rose sharply'],
  ['cloud-credentials', 'Access key reported as leaked'],
  ['cloud-credentials', 'Console logins failed repeatedly'],
  ['cloud-credentials', 'CloudTrail stopped, deleted or narrowed'],
  ['cloud-credentials', 'Administrator rights granted'],
  ['cloud-credentials', 'Security group opened to the world'],
  ['cloud-credentials', 'Root account of AWS used'],
  ['cloud-credentials', 'Second factor removed'],
  ['cloud-credentials', 'Credentials of an instance used from outside'],
  ['linux-malware', 'Crypto miner'],
  ['linux-malware', 'Reverse shell'],
  ['linux-malware', 'Library preloaded into other programs'],
  ['linux-malware', 'Kernel module loaded by hand'],
  ['linux-malware', 'Account added to an administrative group'],
  ['linux-malware', 'Crontab of a service account changed'],
  ['linux-malware', 'Password hashes read'],
  ['windows-malware', 'Passwords of Windows dumped'],
  ['windows-malware', 'Windows service from an unusual place'],
  ['windows-malware', 'PowerShell run from an encoded or downloaded text'],
  ['windows-malware', 'Windows logon succeeded after guessing'],
  ['phishing', 'Mail of a mailbox forwarded'],
  ['phishing', 'Redirect to a foreign site in disguise'],
])('%s for: %s', (id, title) => {
  expect(suggestedFor(title)).toBe(id);
});

it('finds one for nearly every rule from medium up', () => {
  expect(rules.length).toBeGreaterThan(150);
  const without = rules.filter(({ title }) => suggestedFor(title) === undefined);
  expect(without.length).toBeLessThan(rules.length / 50);
});
