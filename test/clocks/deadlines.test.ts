/** Worked examples of every regulation: what starts a clock, and when it is due, with the source of the count. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { calendarOf } from '../../src/clocks/calendar.ts';
import { mainTrigger, startClocks } from '../../src/clocks/clock-entries.ts';
import { deadline } from '../../src/clocks/deadline.ts';
import { loadRegulations, pickDuties } from '../../src/clocks/load-regulations.ts';

const ENV = { HOME: '/nowhere' };
const NY = 'America/New_York';
const EU = 'Reg. 1182/71 Art. 3';
const DORA = 'Del. Reg. 2025/301 Art. 5';
const HIPAA = '45 CFR 164.404(b)';
const SEC = 'Form 8-K B.1; Reg. S-T Rule 13(a)(2)';

interface Given {
  /** Other stamps than the trigger. */
  stamps?: Record<string, string>;
  zone?: string;
  country?: string;
  relief?: boolean;
}

type Row = [rule: string, at: string, due: string, why: string, source: string, given?: Given];

const DE = { zone: 'Europe/Berlin', country: 'DE' };

// biome-ignore format: an example a line
const EXAMPLES: readonly Row[] = [
  // Hours of the Union: the hour of the event is not counted, and hours are hours that pass.
  ['gdpr-33', '2026-03-02T10:15:00.000Z', '2026-03-05T11:00:00.000Z', '72 h from the next full hour', `GDPR 33(1); ${EU}(1), (2)(a)`],
  ['gdpr-33', '2026-03-02T10:00:00.000Z', '2026-03-05T11:00:00.000Z', 'the hour that begins with the event is that of the event', `GDPR 33(1); ${EU}(1)`],
  ['gdpr-33', '2026-03-06T16:30:00.000Z', '2026-03-09T17:00:00.000Z', 'a weekend is in it, and hours do not move', `GDPR 33(1); ${EU}(3), (4)`],
  ['gdpr-33', '2026-03-28T09:15:00.000Z', '2026-03-31T10:00:00.000Z', 'clocks go forward in between', `GDPR 33(1); ${EU}(2)(a)`, DE],
  ['gdpr-33', '2026-10-24T10:00:00.000Z', '2026-10-27T11:00:00.000Z', 'clocks go back in between', `GDPR 33(1); ${EU}(2)(a)`, DE],
  ['gdpr-33', '2028-02-28T23:30:00.000Z', '2028-03-03T00:00:00.000Z', 'over 29 February', `GDPR 33(1); ${EU}(1)`],
  ['gdpr-33', '2027-02-27T10:15:00.000Z', '2027-03-02T11:00:00.000Z', 'over the end of a February without 29', `GDPR 33(1); ${EU}(1)`],
  ['gdpr-33', '2026-12-30T22:59:59.000Z', '2027-01-02T23:00:00.000Z', 'over New Year, which is a holiday', `GDPR 33(1); ${EU}(3)`, DE],
  ['gdpr-34', '2026-03-02T10:15:00.000Z', '2026-03-02T10:15:00.000Z', 'without undue delay', 'GDPR 34(1)'],
  ['gdpr-33-processor', '2026-03-02T10:15:00.000Z', '2026-03-02T10:15:00.000Z', 'without undue delay', 'GDPR 33(2)'],
  ['uk-gdpr-33', '2026-03-02T10:15:00.000Z', '2026-03-05T10:15:00.000Z', '72 h to the minute', 'UK GDPR 33(1)'],
  ['uk-gdpr-33', '2026-03-28T12:00:00.000Z', '2026-03-31T12:00:00.000Z', 'clocks go forward in between', 'UK GDPR 33(1)'],
  ['nis2-23-early-warning', '2026-03-02T10:15:00.000Z', '2026-03-03T11:00:00.000Z', '24 h', `NIS2 23(4)(a); ${EU}(1)`],
  ['nis2-23-notification', '2026-03-02T10:15:00.000Z', '2026-03-05T11:00:00.000Z', '72 h', `NIS2 23(4)(b); ${EU}(1)`],
  ['nis2-23-notification-trust-services', '2026-03-02T10:15:00.000Z', '2026-03-03T11:00:00.000Z', '24 h for trust services', `NIS2 23(4) last subparagraph; ${EU}(1)`],
  // Months of the Union: the same date, the last day where there is none, the next working day.
  ['nis2-23-final', '2026-03-05T09:00:00.000Z', '2026-04-07T21:59:59.999Z', 'Easter Sunday, then Easter Monday', `NIS2 23(4)(d); ${EU}(2)(c), (4)`, DE],
  ['nis2-23-final', '2026-03-05T09:00:00.000Z', '2026-04-06T21:59:59.999Z', 'Easter Sunday, with weekends alone', `NIS2 23(4)(d); ${EU}(4)`, { zone: 'Europe/Berlin' }],
  ['nis2-23-final', '2027-01-31T12:00:00.000Z', '2027-03-01T23:59:59.999Z', 'no 31 February: the 28th, a Sunday', `NIS2 23(4)(d); ${EU}(2)(c), (4)`],
  ['nis2-23-final', '2028-01-31T12:00:00.000Z', '2028-02-29T23:59:59.999Z', 'no 31 February: the 29th', `NIS2 23(4)(d); ${EU}(2)(c)`],
  ['nis2-23-final', '2026-08-31T12:00:00.000Z', '2026-09-30T23:59:59.999Z', 'no 31 September', `NIS2 23(4)(d); ${EU}(2)(c)`],
  ['nis2-23-final', '2026-12-01T12:00:00.000Z', '2027-01-04T22:59:59.999Z', 'New Year, a Friday, and a weekend', `NIS2 23(4)(d); ${EU}(4)`, { zone: 'Europe/Brussels', country: 'BE' }],
  ['nis2-23-final', '2026-03-31T22:30:00.000Z', '2026-05-04T21:59:59.999Z', 'sent on 1 April by the clock on the wall', `NIS2 23(4)(d); ${EU}(2)(c), (4)`, DE],
  ['nis2-23-final', '2026-12-06T12:00:00.000Z', '2027-01-07T22:59:59.999Z', 'Epiphany is a holiday in Bavaria', `NIS2 23(4)(d); ${EU}(4)`, { zone: 'Europe/Berlin', country: 'DE-BY' }],
  ['nis2-23-final-after-handling', '2026-05-04T12:00:00.000Z', '2026-06-04T23:59:59.999Z', 'a month after the handling', `NIS2 23(4)(e); ${EU}(2)(c)`],
  ['dora-19-initial', '2026-03-02T10:15:00.000Z', '2026-03-02T15:00:00.000Z', '4 h after classification', `${DORA}(1)(a)`, { stamps: { aware: '2026-03-02T08:00:00.000Z' } }],
  ['dora-19-initial', '2026-03-02T11:30:00.000Z', '2026-03-02T13:00:00.000Z', 'the 24 h after awareness end first', `${DORA}(1)(a)`, { stamps: { aware: '2026-03-01T12:30:00.000Z' } }],
  ['dora-19-initial', '2026-03-03T10:15:00.000Z', '2026-03-03T15:00:00.000Z', 'classified after the 24 h: 4 h count alone', `${DORA}(2)`, { stamps: { aware: '2026-03-01T08:00:00.000Z' } }],
  ['dora-19-initial', '2026-03-07T10:15:00.000Z', '2026-03-07T15:00:00.000Z', 'a Saturday, without the relief', `${DORA}(5)`, { stamps: { aware: '2026-03-07T10:00:00.000Z' } }],
  ['dora-19-initial', '2026-03-07T10:15:00.000Z', '2026-03-09T12:00:00.000Z', 'a Saturday, with the relief: noon of Monday', `${DORA}(4)`, { stamps: { aware: '2026-03-07T10:00:00.000Z' }, relief: true }],
  ['dora-19-intermediate', '2026-03-02T14:20:00.000Z', '2026-03-05T15:00:00.000Z', '72 h after the initial notification', `${DORA}(1)(b)`],
  ['dora-19-final', '2026-03-05T09:00:00.000Z', '2026-04-05T23:59:59.999Z', 'a month; a Sunday without the relief', `${DORA}(1)(c), (5)`],
  ['dora-19-final', '2026-03-05T09:00:00.000Z', '2026-04-07T10:00:00.000Z', 'noon of the Tuesday after Easter', `${DORA}(1)(c), (4)`, { ...DE, relief: true }],
  ['cra-14-incident-early-warning', '2026-10-02T10:15:00.000Z', '2026-10-03T11:00:00.000Z', '24 h', `CRA 14(4)(a); ${EU}(1)`],
  ['cra-14-incident-notification', '2026-10-02T10:15:00.000Z', '2026-10-05T11:00:00.000Z', '72 h', `CRA 14(4)(b); ${EU}(1)`],
  ['cra-14-incident-final', '2026-10-05T09:00:00.000Z', '2026-11-05T23:59:59.999Z', 'a month after the notification', `CRA 14(4)(c); ${EU}(2)(c)`],
  ['cra-14-vulnerability-early-warning', '2026-10-02T10:15:00.000Z', '2026-10-03T11:00:00.000Z', '24 h', `CRA 14(2)(a); ${EU}(1)`],
  ['cra-14-vulnerability-notification', '2026-10-02T10:15:00.000Z', '2026-10-05T11:00:00.000Z', '72 h', `CRA 14(2)(b); ${EU}(1)`],
  ['cra-14-vulnerability-final', '2026-10-01T09:00:00.000Z', '2026-10-15T23:59:59.999Z', '14 days after the measure', `CRA 14(2)(c); ${EU}(2)(b)`],
  ['cra-14-vulnerability-final', '2026-12-11T09:00:00.000Z', '2026-12-28T22:59:59.999Z', 'Christmas, then a weekend', `CRA 14(2)(c); ${EU}(4)`, DE],
  // Days of the United States: the day of the event is not counted, and nothing moves.
  ['hipaa-individuals', '2026-01-01T15:00:00.000Z', '2026-03-03T04:59:59.999Z', '60 days', HIPAA, { zone: NY }],
  ['hipaa-individuals', '2028-01-01T15:00:00.000Z', '2028-03-02T04:59:59.999Z', '60 days over 29 February', HIPAA, { zone: NY }],
  ['hipaa-individuals', '2026-02-01T15:00:00.000Z', '2026-04-03T03:59:59.999Z', '60 days, and the clocks went forward', HIPAA, { zone: NY }],
  ['hipaa-media', '2026-01-01T15:00:00.000Z', '2026-03-03T04:59:59.999Z', '60 days', '45 CFR 164.406(b)', { zone: NY }],
  ['hipaa-business-associate', '2026-01-01T15:00:00.000Z', '2026-03-03T04:59:59.999Z', '60 days', '45 CFR 164.410(b)', { zone: NY }],
  ['hipaa-hhs-500', '2026-01-01T15:00:00.000Z', '2026-03-03T04:59:59.999Z', 'with the notice to individuals', '45 CFR 164.408(b)', { zone: NY }],
  ['hipaa-hhs-under-500', '2026-06-15T15:00:00.000Z', '2027-03-02T04:59:59.999Z', '60 days after the end of the year', '45 CFR 164.408(c)', { zone: NY }],
  ['hipaa-hhs-under-500', '2027-06-15T15:00:00.000Z', '2028-03-01T04:59:59.999Z', 'ends on 29 February', '45 CFR 164.408(c)', { zone: NY }],
  ['hipaa-hhs-under-500', '2027-01-01T04:30:00.000Z', '2027-03-02T04:59:59.999Z', 'discovered in the last hour of 2026, by the clock on the wall', '45 CFR 164.408(c)', { zone: NY }],
  ['sec-8k-1.05', '2026-03-02T15:00:00.000Z', '2026-03-06T22:30:00.000Z', 'Monday to Friday', SEC],
  ['sec-8k-1.05', '2026-03-03T03:00:00.000Z', '2026-03-06T22:30:00.000Z', 'still Monday in New York', SEC],
  ['sec-8k-1.05', '2026-03-07T15:00:00.000Z', '2026-03-12T21:30:00.000Z', 'from a Saturday the Monday is the first day; summer time has begun', SEC],
  ['sec-8k-1.05', '2026-05-25T15:00:00.000Z', '2026-05-29T21:30:00.000Z', 'from Memorial Day the Tuesday is the first day', SEC],
  ['sec-8k-1.05', '2026-07-01T15:00:00.000Z', '2026-07-08T21:30:00.000Z', 'Independence Day is kept on Friday, 3 July', `${SEC}; 5 U.S.C. 6103(b)`],
  ['sec-8k-1.05', '2026-11-24T15:00:00.000Z', '2026-12-01T22:30:00.000Z', 'over Thanksgiving', SEC],
  ['sec-8k-1.05', '2026-12-22T15:00:00.000Z', '2026-12-29T22:30:00.000Z', 'over Christmas', SEC],
  ['sec-8k-1.05', '2026-06-17T15:00:00.000Z', '2026-06-24T21:30:00.000Z', 'over Juneteenth', SEC],
  ['sec-8k-1.05', '2026-01-15T15:00:00.000Z', '2026-01-22T22:30:00.000Z', 'over the birthday of Martin Luther King', SEC],
  ['sec-8k-1.05-amendment', '2026-03-02T15:00:00.000Z', '2026-03-06T22:30:00.000Z', 'four business days after the information', 'Form 8-K Item 1.05, Instruction 2'],
  ['pci-dss', '2026-03-02T10:15:00.000Z', '2026-03-02T10:15:00.000Z', 'the standard names no time', 'PCI DSS 12.10.1'],
  ['us-ca-1798.82-individuals', '2026-01-15T20:00:00.000Z', '2026-02-15T07:59:59.999Z', '30 days, a Saturday', 'Cal. Civ. Code 1798.82, SB 446'],
  ['us-ca-1798.82-individuals', '2026-02-15T20:00:00.000Z', '2026-03-18T06:59:59.999Z', '30 days, and the clocks went forward', 'Cal. Civ. Code 1798.82, SB 446'],
  ['us-ca-1798.82-attorney-general', '2026-02-10T20:00:00.000Z', '2026-02-26T07:59:59.999Z', '15 days after the notice', 'Cal. Civ. Code 1798.82(f), SB 446'],
  ['us-nydfs-500.17-incident', '2026-03-06T20:00:00.000Z', '2026-03-09T20:00:00.000Z', '72 h over a weekend', '23 NYCRR 500.17(a)(1)'],
  ['us-nydfs-500.17-payment', '2026-03-07T20:00:00.000Z', '2026-03-08T20:00:00.000Z', '24 h, and the clocks go forward', '23 NYCRR 500.17(c)(1)'],
  ['us-nydfs-500.17-payment-explanation', '2026-01-30T20:00:00.000Z', '2026-03-02T04:59:59.999Z', '30 days', '23 NYCRR 500.17(c)(2)'],
  ['us-ftc-314.4', '2026-03-10T15:00:00.000Z', '2026-04-10T03:59:59.999Z', '30 days', '16 CFR 314.4(j)'],
  ['us-reg-s-p', '2028-02-01T15:00:00.000Z', '2028-03-03T04:59:59.999Z', '30 days over 29 February', '17 CFR 248.30(a)(4)'],
  ['us-banks-36h', '2026-03-07T20:00:00.000Z', '2026-03-09T08:00:00.000Z', '36 h', '12 CFR 53.3'],
  ['us-circia-incident', '2026-03-07T20:00:00.000Z', '2026-03-10T20:00:00.000Z', '72 h', '6 U.S.C. 681b(a)(1)'],
  ['us-circia-payment', '2026-03-07T20:00:00.000Z', '2026-03-08T20:00:00.000Z', '24 h', '6 U.S.C. 681b(a)(2)'],
  ['in-cert-in', '2026-03-07T20:00:00.000Z', '2026-03-08T02:00:00.000Z', '6 h', 'CERT-In Directions, 28 April 2022'],
  ['au-ndb-assessment', '2026-03-10T00:00:00.000Z', '2026-04-09T13:59:59.999Z', '30 days, and summer time ended in Sydney', 'Privacy Act 1988 s 26WH(2)'],
  ['au-ndb-statement', '2026-03-10T00:00:00.000Z', '2026-03-10T00:00:00.000Z', 'as soon as practicable', 'Privacy Act 1988 s 26WK(2)'],
  ['au-ndb-individuals', '2026-03-10T00:00:00.000Z', '2026-03-10T00:00:00.000Z', 'as soon as practicable after the statement', 'Privacy Act 1988 s 26WL(3)'],
  ['ca-pipeda', '2026-03-10T00:00:00.000Z', '2026-03-10T00:00:00.000Z', 'as soon as feasible', 'PIPEDA 10.1(2)'],
  ['sg-pdpa', '2026-02-16T08:00:00.000Z', '2026-02-19T15:59:59.999Z', '3 calendar days over the lunar New Year', 'PDPA 2012 s 26D(1)'],
  ['br-lgpd-48-notification', '2026-02-27T15:00:00.000Z', '2026-03-05T02:59:59.999Z', '3 business days from a Friday', 'Res. CD/ANPD 15/2024'],
  ['br-lgpd-48-notification', '2026-04-17T15:00:00.000Z', '2026-04-24T02:59:59.999Z', '3 business days over Tiradentes', 'Res. CD/ANPD 15/2024'],
  ['br-lgpd-48-supplement', '2026-03-04T15:00:00.000Z', '2026-04-02T02:59:59.999Z', '20 business days', 'Res. CD/ANPD 15/2024'],
  ['eu-digital-omnibus', '2026-03-02T10:15:00.000Z', '2026-03-06T11:00:00.000Z', '96 h, were it law', `the proposal; ${EU}(1)`],
];

const AUTHOR = { actor: 'alex', now: new Date('2029-01-01T00:00:00Z') };

describe('worked examples', () => {
  it.each(EXAMPLES)(
    '%s at %s is due %s: %s (%s)',
    async (rule, at, due, _why, _source, given = {}) => {
      const { regulation, duties } = await pickDuties(ENV, rule);
      const duty = duties[0]!;
      const calendar = calendarOf(
        regulation.zone ?? given.zone ?? 'UTC',
        regulation.country ?? given.country,
      );
      const stamps = { ...given.stamps, [mainTrigger(duty)]: at };
      const facts = { stamps, calendar, reason: '', randomId: () => 'a'.repeat(32) };
      const [entry] = startClocks(
        { regulation, duties: [duty] },
        [],
        { ...facts, takesRelief: given.relief === true },
        AUTHOR,
      );
      expect(entry?.payload).toMatchObject({ rule, triggeredAt: at, dueAt: due });
    },
  );

  it('are there for every duty of every regulation', async () => {
    const { regulations, problems } = await loadRegulations(ENV);
    expect(problems).toEqual([]);
    expect(regulations.length).toBe(readdirSync('templates/regulations').length);
    expect(EXAMPLES.length).toBeGreaterThan(60);
    const shown = new Set(EXAMPLES.map(([rule]) => rule));
    const ids = regulations.flatMap(({ duties }) => duties.map(({ id }) => id));
    expect(ids.filter((id) => !shown.has(id))).toEqual([]);
  });

  it('stand in files that say what was read when they were written', async () => {
    const { regulations } = await loadRegulations(ENV);
    const silent = regulations.filter(({ checked }) => checked.length === 0).map(({ id }) => id);
    expect(silent).toEqual([]);
    const open = regulations.flatMap(({ id, checked }) =>
      checked.filter(({ against }) => against === 'nothing').map(({ of }) => `${id}: ${of}`),
    );
    expect(open.length).toBeGreaterThan(0);
  });
});

describe('periods of 1182/71', () => {
  const counting = { counting: 'eu-1182', rolls: true, relief: undefined } as const;
  const days = (count: number) => ({
    ...{ days: count, of: 'event', isAtOnce: false, isCap: false, isFromEndOfYear: false },
  });
  it.each([
    // Two days from a Friday end on a Sunday, and hold no working day: Article 3(5).
    [2, '2026-03-06T10:00:00Z', '2026-03-10T23:59:59.999Z'],
    [3, '2026-03-06T10:00:00Z', '2026-03-10T23:59:59.999Z'],
    [1, '2026-03-06T10:00:00Z', '2026-03-09T23:59:59.999Z'],
    [2, '2026-03-03T10:00:00Z', '2026-03-05T23:59:59.999Z'],
  ])('%s days from %s end %s', (count, at, due) => {
    const end = deadline(days(count), Date.parse(at), counting, calendarOf('UTC', undefined));
    expect(new Date(end).toISOString()).toBe(due);
  });

  it('take days of the plan on which nobody works', () => {
    const calendar = calendarOf('UTC', 'DE', ['2026-12-24']);
    const end = deadline(days(1), Date.parse('2026-12-23T10:00:00Z'), counting, calendar);
    expect(new Date(end).toISOString()).toBe('2026-12-28T23:59:59.999Z');
  });
});
