import { describe, expect, it } from 'vitest';
import { IrError } from '../../src/errors.ts';
import { renderTemplate } from '../../src/reports/render-template.ts';
import { emptyDetail, modelOf } from './sample-model.ts';

const detail = emptyDetail();
const model = modelOf({ ...detail, incident: { ...detail.incident, title: 'a|b <i> {{7*7}}' } });
const render = (template: string): string => renderTemplate(template, 'mine.md', model);

const errorOf = (template: string): IrError => {
  try {
    const text = render(template);
    throw new Error(`rendered: ${text.slice(0, 200)}`);
  } catch (error) {
    if (error instanceof IrError) return error;
    throw error;
  }
};

describe('what a template may do', () => {
  it.each([
    ['{{ incident.title }}', 'a\\|b \\<i\\> {{7\\*7}}\n'],
    ['{{ incident.title | code }}', '`a`\\|`b <i> {{7*7}}`\n'],
    ['{{ incident.title | fence }}', '```text\na|b <i> {{7*7}}\n```\n'],
    [
      '{% capture x %}{{ incident.title }}{% endcapture %}{{ x | upcase }}',
      'A\\\\\\|B \\\\\\<I\\\\\\> {{7\\\\\\*7}}\n',
    ],
    ['{{ asOf | time }}', '2026-03-01 08:00:00Z\n'],
    ['{% for q in ask.impact %}{{ q.section }};{% endfor %}', 'impact;impact;\n'],
    ['{{ questions | where: "section", "lucky" | size }}', '1\n'],
    [
      '{{ 1234567 | number }} {{ 2 | plural: "entry", "entries" }} {{ 90000 | duration }}',
      '1,234,567 2 entries 1m 30s\n',
    ],
    ['a\n\n\n\nb   \n', 'a\n\nb\n'],
  ])('%s', (template, expected) => {
    expect(render(template)).toBe(expected);
  });
});

describe('what no template can do', () => {
  it.each([
    ['include', "{% include '/etc/passwd' %}"],
    ['render', "{% render '/etc/passwd' %}"],
    ['layout', "{% layout '../../secret' %}"],
    ['include by variable', '{% include incident.title %}'],
    ['raw filter', '{{ incident.title | raw }}'],
    ['unknown filter', '{{ incident.title | system }}'],
    ['filters of prototypes', '{{ 1 | valueOf }}'],
    ['constructor filter', '{{ incident | constructor }}'],
    ['constructor tag', '{% constructor %}'],
    ['cycle', '{% cycle "a", "b" %}'],
    ['echo', '{% echo incident.title %}'],
    ['liquid', '{% liquid echo incident.title %}'],
    ['constructor', '{{ incident.constructor.name }}'],
    ['__proto__', '{{ incident.__proto__.toString }}'],
    ['prototype', '{{ questions.constructor.prototype }}'],
    ['process', '{{ process.env.HOME }}'],
    ['global', '{{ globalThis }}'],
    ['a method', '{{ incident.title.toString }}'],
    ['expressions', '{{ incident | where_exp: "x", "x" }}'],
    ['strftime', '{{ asOf | date: "%9999999999d" }}'],
    ['a huge range', '{% for i in (1..100000000) %}x{% endfor %}'],
    ['nested loops', '{% for i in (1..99999) %}{% for j in (1..99999) %}x{% endfor %}{% endfor %}'],
    [
      'doubling',
      `{% assign s = "xxxxxxxx" %}${'{% assign s = s | append: s %}'.repeat(40)}{{ s }}`,
    ],
    [
      'doubling by capture',
      `{% assign s = "xxxxxxxx" %}${'{% capture s %}{{ s }}{{ s }}{% endcapture %}'.repeat(40)}`,
    ],
    ['a huge template', 'x{{ asOf }}'.repeat(20_000)],
  ])(
    '%s',
    (_, template) => {
      const error = errorOf(template);
      expect(error.exit).toBe(3);
      expect(error.source?.path).toBe('mine.md');
    },
    30_000,
  );

  it.each([
    ['{{ incident.titel }}', 'Did you mean "title"?'],
    ['{{ incidnet.key }}', 'Did you mean "incident"?'],
    ['{{ incident.title | upcas }}', 'Did you mean "upcase"?'],
    ['{% fro x in notes %}', 'Did you mean "for"?'],
  ])('a slip in %s is answered with what was meant', (template, hint) => {
    expect(errorOf(template).hint).toBe(hint);
  });

  it('cannot change the model for the next template', () => {
    render('{% assign incident = "gone" %}{{ incident }}');
    expect(render('{{ incident.key }}')).toBe('INC-2026-0001\n');
    expect(model.incident.key).toBe('INC-2026-0001');
  });
});

describe('a broken template', () => {
  it.each<[string, number, number, RegExp]>([
    ['ok\n{% if x %}\nnever closed', 2, 1, /not closed/],
    ['ok\n  {{ incident.key | nope }}', 2, 21, /nope/],
    ['{{ incident.kee }}', 1, 4, /undefined variable: incident\.kee/],
    ['one\ntwo {% fro x in y %}', 2, 5, /tag "fro" not found/],
    ['a\n{{ incident.key', 2, 1, /not closed/],
  ])('%j is shown with its place', (template, line, column, message) => {
    const error = errorOf(template);
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/line:\d|\n/);
    expect(error.source).toMatchObject({
      path: 'mine.md',
      line,
      text: template.split('\n')[line - 1],
    });
    expect(error.source?.column).toBe(column);
    expect(error.hint).not.toBe('');
  });
});
