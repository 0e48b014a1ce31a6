/**
 * The test sets of gitleaks and Presidio, where IR_TEST_MASKING names a folder with them (docs/masking.md says how they are had):
 * `gitleaks.jsonl`, a line `{"rule", "text", "secrets"}` for each of its true positives, and `synth_dataset_v2.json` of presidio-evaluator.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { finderFor } from '../../src/masking/masker.ts';

const folder = process.env['IR_TEST_MASKING'] ?? '';
const isThere = (file: string): boolean => {
  if (folder !== '' && existsSync(join(folder, file))) return true;
  process.stderr.write(`skipped: ${file}: IR_TEST_MASKING names no folder with it\n`);
  return false;
};
const find = finderFor(['address']);

/** Here the set calls more a secret than it is: the name of a user, quotes, the address of a service, all of a file. */
const WIDER = new Set([
  ...['curl-auth-user', 'hashicorp-tf-password', 'kubernetes-secret-yaml', 'private-key'],
  ...['sentry-org-token', 'sidekiq-sensitive-url', 'slack-webhook-url'],
]);

describe('public test sets', () => {
  it.runIf(isThere('gitleaks.jsonl'))('gitleaks: 99 of 100 secrets are masked', () => {
    const cases = readFileSync(join(folder, 'gitleaks.jsonl'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { rule: string; text: string; secrets: string[] });
    const left: string[] = [];
    let all = 0;
    for (const { rule, text, secrets } of cases)
      for (const secret of secrets) {
        const start = text.indexOf(secret);
        const end = start + secret.length;
        if (secret === '') continue;
        all += 1;
        const isFound = find
          .find(text)
          .some((span) =>
            WIDER.has(rule)
              ? span.start < end && span.end > start
              : span.start <= start && span.end >= end,
          );
        if (!isFound) left.push(`${rule}: ${secret}`);
      }
    expect(all).toBeGreaterThan(5000);
    expect(1 - left.length / all, left.join('\n')).toBeGreaterThanOrEqual(0.99);
  });

  it.runIf(isThere('synth_dataset_v2.json')).each([
    ['CREDIT_CARD', 1],
    ['IBAN_CODE', 1],
    ['US_SSN', 1],
    ['EMAIL_ADDRESS', 1],
    ['IP_ADDRESS', 1],
    ['PHONE_NUMBER', 0.9],
  ])('Presidio: %s', (kind, least) => {
    const cases = JSON.parse(readFileSync(join(folder, 'synth_dataset_v2.json'), 'utf8')) as {
      full_text: string;
      spans: { entity_type: string; start_position: number; end_position: number }[];
    }[];
    let [all, found] = [0, 0];
    for (const { full_text: text, spans } of cases)
      for (const { entity_type, start_position, end_position } of spans) {
        if (entity_type !== kind) continue;
        all += 1;
        if (
          find.find(text).some(({ start, end }) => start <= start_position && end >= end_position)
        )
          found += 1;
      }
    expect(all).toBeGreaterThan(10);
    expect(found / all).toBeGreaterThanOrEqual(least);
  });
});
