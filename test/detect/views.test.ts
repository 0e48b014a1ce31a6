// biome-ignore-all lint/suspicious/noTemplateCurlyInString: lookups of Log4j and shells are written so.
/** The views of a request: what each makes of an obfuscated text, and that the search for literals sees all of them. */
import { describe, expect, it } from 'vitest';
import { createViewTexts } from '../../src/detect/fields/view-texts.ts';
import { allForms, formsOf, VIEWS } from '../../src/detect/views/list.ts';
import { isPlain, isPlainBytes } from '../../src/detect/views/plain.ts';
import type { Event } from '../../src/events/event.ts';
import { resolveField } from './bundled-mappings.ts';

const formsUnder = (name: string, text: string): readonly string[] => {
  const view = VIEWS.find((known) => known.name === name);
  if (view === undefined) throw new Error(`no view ${name}`);
  return formsOf(view, 'target', text);
};

describe('a view', () => {
  it.each([
    ['text', '/i?id=1+%u0055NION', '/i?id=1 UNION'],
    ['text', '/x?f=%252e%252e%252fa', '/x?f=../a'],
    ['text', '/x?f=%c0%ae%c0%ae%c0%afa', '/x?f=../a'],
    ['text', '/x?f=%e0%80%ae%e0%80%ae/a', '/x?f=../a'],
    ['text', '/x?q=%26lt;b%26gt;&%2360;i', '/x?q=<b><i'],
    ['text', '/x?q=%5cu003cscript%5cx3e', '/x?q=<script>'],
    ['text', '/x?q=%EF%BC%9Cscript%EF%BC%9E', '/x?q=<script>'],
    ['text', '/x?f=a%00.png', '/x?f=a.png'],
    ['sql', '/i?id=1+UNION%23x%0aSELECT+1', '/i?id=1 UNION SELECT 1'],
    ['sql', '/i?id=1/**/UNION/*!50000SELECT*/+1', '/i?id=1 UNION SELECT 1'],
    ['sql', '/i?id=1+UN/**/ION+SEL/**/ECT', '/i?id=1 UNION SELECT'],
    ['sql', '/i?id=1+and+sleep+%0a(+5)', '/i?id=1 and sleep(5)'],
    ['sql', '/i?id=1+un%ion', '/i?id=1 union'],
    ['shell', "/x?c=c''at+/e'tc'/pa%5Csswd", '/x?c=cat /etc/passwd'],
    ['shell', '/x?c=cat$IFS$9/etc/passwd', '/x?c=cat /etc/passwd'],
    ['shell', '/x?c=cat%24%7BIFS%7D/etc/passwd', '/x?c=cat /etc/passwd'],
    ['shell', '/x?c={cat,/etc/passwd}', '/x?c=cat /etc/passwd'],
    ['shell', '/x?c=wh$@oami', '/x?c=whoami'],
    ['shell', '/x?c=w%5eho%5eami', '/x?c=whoami'],
    ['shell', '/x?c=/???/c?t+x', '\n/bin/cat'],
    ['path', '/x?f=/etc//passwd', '/x?f=/etc/passwd'],
    ['path', '/x?f=/etc/./passwd', '/x?f=/etc/passwd'],
    ['path', '/x?f=/etc/init.d/../passwd', '/x?f=/etc/passwd'],
    ['path', '/x?f=%5cetc%5cpasswd', '/x?f=/etc/passwd'],
    ['path', '/x?f=/e?c/p?sswd', '\n/etc/passwd'],
    ['path', '/a/..;/b', '/a/../b'],
    ['code', '/x?q=alert%0a(1)', '/x?q=alert(1)'],
    ['code', '/x?q=java%09script:x', '/x?q=javascript:x'],
    ['code', "/x?q=self['al'%2b'ert'](1)", '/x?q=self.alert(1)'],
    ['code', "/x?q=('sys'.'tem')('id')", "/x?q= system('id')"],
    ['code', '/x?q=eval/*x*/(1)', '/x?q=eval(1)'],
    ['lookup', '/x?q=$%7b$%7blower:j%7dndi:$%7b::-l%7ddap://x%7d', '/x?q=${jndi:ldap://x}'],
    ['lookup', '/x?q=${${env:NO:-j}${date:%27n%27}di:x', '/x?q=${jndi:x'],
    ['address', '/u?url=http://0251.0376.0251.0376/', '/u?url=http://169.254.169.254/'],
    ['address', '/u?url=http://2130706433/', '/u?url=http://127.0.0.1/'],
    ['address', '/u?url=http://0x7f.1/', '/u?url=http://127.0.0.1/'],
    ['address', '/u?url=http://127.1/', '/u?url=http://127.0.0.1/'],
    ['address', '/u?url=http://[::ffff:a9fe:a9fe]/', '/u?url=http://169.254.169.254/'],
    ['address', '/u?url=http://a@0x7f000001/', '/u?url=http://127.0.0.1/'],
    ['address', '/u?url=http:%5c%5c127.1', '/u?url=http://127.0.0.1'],
  ])('%s of %s holds %s', (name, text, wanted) => {
    expect(formsUnder(name, text)).toContain(wanted);
  });

  it('leaves most requests as they are', () => {
    for (const text of [
      '/',
      '/a/b.c?d=e&f=g',
      '/search?q=red+shoes&page=2',
      '/q?name=%D0%90%D0%BD%D0%BD%D0%B0&x=%C3%A9',
      '/login?next=https://www.example.com/account',
      '/list?mail=ana%40example.com&t=12:30,5',
    ]) {
      expect(isPlain('target', text), text).toBe(true);
      expect(allForms('target', text)).toHaveLength(1);
    }
    expect(
      isPlain('header', 'Mozilla/5.0 (X11; Linux x86_64; rv:134.0) Gecko/20100101 Firefox/134.0'),
    ).toBe(true);
    expect(isPlain('header', 'https://www.example.com/a?b=c&d=e')).toBe(true);
  });

  it('looks into headers that structured logs carry', () => {
    const event = {
      'user_agent.original': 'agent',
      raw: { cookie: 'a=b', request: { headers: { 'X-Api-Version': ['${jndi:x}'] } }, other: 'no' },
    } as unknown as Event;
    expect(createViewTexts(resolveField)(event, 'header')).toEqual(['agent', 'a=b', '${jndi:x}']);
  });

  it('is made in time that grows with the text', () => {
    for (const piece of [
      '/*',
      '*/',
      '${',
      '[[',
      '/?',
      "'+'",
      '%25',
      '&#',
      '../',
      '{a,',
      'http://',
    ]) {
      const text = piece.repeat(60_000 / piece.length);
      const start = process.cpuUsage().user;
      for (const form of allForms('target', text)) expect(form.length).toBeLessThan(200_000);
      // Quadratic time would be minutes.
      expect(process.cpuUsage(undefined).user - start, piece).toBeLessThan(5_000_000);
    }
  });
});

describe('the search for literals', () => {
  it('decides on bytes as on text', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const pieces =
      'a B 1 + %20 %2e %D0%90 %c0%ae / . .. // - -- ? & ; : @ = %25 %u0041 é %EF%BC%9C %'.split(
        ' ',
      );
    let plain = 0;
    const missing: string[] = [];
    for (let round = 0; round < 1500; round += 1) {
      const text = Array.from({ length: 1 + random(6) }, () => pieces[random(pieces.length)]).join(
        '',
      );
      const bytes = Buffer.from(text);
      for (const kind of ['target', 'header'] as const) {
        const answer = isPlain(kind, text);
        if (isPlainBytes(kind, bytes, 0, bytes.length) !== answer) missing.push(text);
        if (answer) plain += 1;
        // What a rule reads is what the search looks into.
        const forms = allForms(kind, text);
        for (const view of VIEWS) {
          for (const form of formsOf(view, kind, text))
            if (!forms.includes(form)) missing.push(text);
        }
      }
    }
    expect(missing).toEqual([]);
    expect(plain).toBeGreaterThan(150);
  });
});
