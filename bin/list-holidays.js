#!/usr/bin/env node
// Writes `templates/holidays.json` from the package date-holidays, which is not installed with the program: it takes
// 45 MB with what it needs, the table of days less than a hundredth. To make it anew:
//   npm install --no-save date-holidays@3.37.0 && node bin/list-holidays.js
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const Holidays = require('date-holidays');
const { version } = JSON.parse(
  readFileSync(join(dirname(require.resolve('date-holidays')), '..', 'package.json')),
);
const [FROM, TO] = [2022, 2040];
const COUNTRIES = (
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO CH GB ' +
  'US CA AU NZ IN SG BR JP KR MX ZA'
).split(' ');

/** Where authorities keep the holidays of a part of the country. */
const WITH_STATES = new Set('AT AU CA CH DE ES GB'.split(' '));

/** `MMDD` of the public holidays of each year; one on the day before its substitute counts too. */
function daysOf(...place) {
  const calendar = new Holidays(...place);
  const years = {};
  for (let year = FROM; year <= TO; year += 1) {
    const days = calendar
      .getHolidays(year)
      .filter(({ type }) => type === 'public')
      .flatMap(between)
      .filter((day) => day.startsWith(`${year}-`))
      .map((day) => day.slice(5).replace('-', ''));
    years[year] = [...new Set(days)].sort().join(' ');
  }
  return years;
}

/** `YYYY-MM-DD` of the whole days of a holiday, as they are called where it is kept. */
function between({ date, start, end }) {
  const first = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
  const isWhole = date.slice(11, 16) === '00:00';
  const length = Math.round((end - start) / 86_400_000);
  return Array.from({ length }, (_, index) =>
    new Date(first + (index + (isWhole ? 0 : 1)) * 86_400_000).toISOString().slice(0, 10),
  );
}

const countries = {};
for (const country of COUNTRIES) {
  countries[country] = daysOf(country);
  const states = WITH_STATES.has(country) ? (new Holidays().getStates(country) ?? {}) : {};
  for (const state of Object.keys(states)) {
    const years = daysOf(country, state);
    if (JSON.stringify(years) !== JSON.stringify(countries[country]))
      countries[`${country}-${state}`] = years;
  }
}
const text = JSON.stringify({
  source: `date-holidays ${version}, https://github.com/commenthol/date-holidays; data under CC BY-SA 3.0, from Wikipedia`,
  from: FROM,
  to: TO,
  countries,
}).replace(/"([A-Z]{2}(?:-\w+)?)":\{/g, '\n"$1":{');
writeFileSync(join(root, 'templates', 'holidays.json'), `${text}\n`);
