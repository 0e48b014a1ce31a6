// `npm run score`: what the built program reads and finds in public logs with known answers, into bench/SCORES.md.
//   npm run score -- --wrong [SET]     prints the wrong claims; --missing [SET] those that are not made
//   npm run score -- --whole           prints whole files, records and samples alone, with what is not as it should be
//   npm run score -- --check           exits with 1 when more than 0.3 % of the claims are wrong
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasData } from './score/truth.js';

const here = dirname(fileURLToPath(import.meta.url));
if (!existsSync(join(here, '..', 'dist', 'detect'))) {
  console.error('dist/ is absent: run `npm run build` first');
  process.exit(2);
}
if (!hasData()) {
  console.error('../shared/data is absent: there is nothing to score against');
  process.exit(2);
}
const { DISPUTED } = await import('./score/claims.js');
const { EVENT_SETS } = await import('./score/event-sets.js');
const { FINDING_SETS } = await import('./score/finding-sets.js');
const { wholeSets } = await import('./score/whole-sets.js');
const [flag, only] = process.argv.slice(2);
const isChosen = (set) => only === undefined || set.startsWith(only);

/** The share of claims that may be wrong. */
const MOST_WRONG = 0.003;

const scores = [];
for (const [set, score] of Object.entries(EVENT_SETS))
  if (flag !== '--whole' && isChosen(set)) scores.push(await score());
const wholes = flag === undefined || flag === '--whole' ? await wholeSets() : [];
const findings = [];
if (flag === undefined || flag === '--findings') {
  for (const score of Object.values(FINDING_SETS)) findings.push(...(await score()));
}

if (flag === '--wrong' || flag === '--missing') {
  for (const { tally } of scores) for (const line of detailsOf(tally)) console.log(line);
} else if (flag === '--whole') {
  console.log(wholeTable().join('\n'));
  for (const { set, what, misses } of wholes)
    for (const place of misses) console.log(`${set}  ${what}  ${place}`);
} else if (flag === '--check') {
  console.log(claimTable().join('\n'));
  const { right, wrong } = sumOfAll();
  process.exitCode = wrong / (right + wrong) <= MOST_WRONG ? 0 : 1;
} else {
  const text = pageOf();
  console.log(text);
  if (only === undefined) writeFileSync(join(here, 'SCORES.md'), text);
}

function* detailsOf(tally) {
  for (const { field, claim, truth, place } of flag === '--wrong' ? tally.wrong : tally.missing) {
    const said =
      flag === '--wrong' ? ` is ${JSON.stringify(claim?.text ?? claim)}, not` : ' misses';
    yield `${tally.set}  ${place}  ${field}${said} ${JSON.stringify(truth)}`;
  }
}

function pageOf() {
  return [
    '# Scores on public logs',
    '',
    'Made by `npm run score` from the public sets in `../shared/data`, whose `SOURCE.md` say what is labelled; the',
    'details are printed by `npm run score -- --wrong` and `--missing`.',
    '',
    '## What single lines say',
    '',
    'A *claim* is a value in a field that the truth has too; *wrong* is one that differs after case, spelling of',
    'addresses and zone are made equal. *Recall* is the share of true values that are claimed rightly: the sets hold',
    'many formats that are not read yet; a row of the families that are to be read (`bench/score/families.js`) stands before',
    'that of a whole set.',
    '',
    ...claimTable(),
    '',
    'Left out, for what made the line says otherwise:',
    '',
    ...DISPUTED.map(({ field, why }) => `- ${field}: ${why}`),
    '',
    ...fieldTable(),
    '',
    ...noteLines(),
    '',
    '## Whole files, records and samples',
    '',
    'Of sets that say how many events a file has, of which family a line is, or the same in two ways. A claim is not',
    'counted here. "Listed families" are those that are to be read (the tables in `bench/score/whole-sets.js`).',
    '',
    ...wholeTable(),
    '',
    '## What is found',
    '',
    'Requests of coreruleset whose payload an access log does not write (cookies, parts of bodies) are left out.',
    '',
    ...findingTable(),
    '',
  ].join('\n');
}

function sum(tally) {
  const total = { right: 0, wrong: 0, missing: 0 };
  for (const count of tally.fields.values()) for (const key in total) total[key] += count[key];
  return total;
}

function sumOfAll() {
  const all = { right: 0, wrong: 0, missing: 0 };
  for (const { tally } of scores) {
    const total = sum(tally);
    for (const key in all) all[key] += total[key];
  }
  return all;
}

function claimTable() {
  const lines = [
    '| set | true values | claims | wrong | wrong, % of claims | recall, % |',
    '|---|---:|---:|---:|---:|---:|',
  ];
  const line = (name, { right, wrong, missing }) =>
    lines.push(
      `| ${name} | ${right + wrong + missing} | ${right + wrong} | ${wrong} | ${percent(wrong, right + wrong, 2)} | ${percent(right, right + wrong + missing)} |`,
    );
  for (const { tally, listed } of scores) {
    if (listed !== undefined) line(listed.set, sum(listed));
    line(tally.set, sum(tally));
  }
  line('**all**', sumOfAll());
  return lines;
}

function fieldTable() {
  const lines = [
    '| set | field | true values | right | wrong | missing |',
    '|---|---|---:|---:|---:|---:|',
  ];
  for (const tally of scores.flatMap(({ tally, listed }) => (listed ? [listed, tally] : [tally]))) {
    for (const [field, { right, wrong, missing }] of tally.fields) {
      lines.push(
        `| ${tally.set} | ${field} | ${right + wrong + missing} | ${right} | ${wrong} | ${missing} |`,
      );
    }
  }
  return lines;
}

function noteLines() {
  return scores.flatMap(({ tally, notes }) =>
    notes.map(([what, part, of]) => `- ${tally.set}: ${part} of ${of} ${what}`),
  );
}

function wholeTable() {
  return [
    '| set | what | right | of | % |',
    '|---|---|---:|---:|---:|',
    ...wholes.map(
      ({ set, what, right, of }) =>
        `| ${set} | ${what} | ${right} | ${of} | ${percent(right, of)} |`,
    ),
  ];
}

function findingTable() {
  const lines = [
    '| set | what | attacks found | % | others accused | % |',
    '|---|---|---:|---:|---:|---:|',
  ];
  for (const { set, what, found, attacks, accused, others } of findings) {
    const false_ = others === 0 ? '- | -' : `${accused} of ${others} | ${percent(accused, others)}`;
    lines.push(
      `| ${set} | ${what} | ${found} of ${attacks} | ${percent(found, attacks)} | ${false_} |`,
    );
  }
  return lines;
}

function percent(part, of, digits = 1) {
  return of === 0 ? '-' : ((100 * part) / of).toFixed(digits);
}
