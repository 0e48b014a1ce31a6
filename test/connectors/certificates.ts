/** Certificates as servers may show them, made by openssl. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isThere } from '../needs.ts';

export interface Certificate {
  key: string;
  /** It is signed with its own key, so that it is its own authority, too. */
  cert: string;
}

export function hasOpenssl(): boolean {
  let found = true;
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
  } catch {
    found = false;
  }
  return isThere('openssl, for certificates', found);
}

/** @param names such as `IP:127.0.0.1` @param days that it is good for; negative: it was until so long ago */
export function makeCertificate(names: string, days: number): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'ir-certificate-'));
  const run = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  };
  try {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const subject = ['-subj', '/CN=cluster.example', '-addext', `subjectAltName=${names}`];
    run('req', '-new', ...curve, ...subject, '-keyout', 'key.pem', '-out', 'asked.pem');
    const given = ['-days', String(days), '-copy_extensions', 'copy', '-out', 'cert.pem'];
    run('x509', '-req', '-in', 'asked.pem', '-signkey', 'key.pem', ...given);
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    return { key: read('key.pem'), cert: read('cert.pem') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
