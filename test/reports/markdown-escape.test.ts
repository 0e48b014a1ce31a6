import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  codeFence,
  codeSpan,
  escapeBlock,
  escapeInline,
} from '../../src/reports/markdown-escape.ts';

describe('escapeInline', () => {
  it.each([
    ['plain words, 12:30 (UTC)', 'plain words, 12:30 (UTC)'],
    ['a | b', 'a \\| b'],
    ['**bold** _it_ ~~no~~', '\\*\\*bold\\*\\* \\_it\\_ \\~\\~no\\~\\~'],
    ['<img src=x onerror=y>', '\\<img src=x onerror=y\\>'],
    ['![p](http://x.example/)', '\\!\\[p\\](hxxp://x.example/)'],
    ['[a]: https://x.example', '\\[a\\]: hxxps://x.example'],
    ['HTTP://X.EXAMPLE ftp://x.example', 'HxxP://X.EXAMPLE ftp\\[://\\]x.example'],
    ['see //x.example and /a//b', 'see \\[//\\]x.example and /a//b'],
    ['www.x.example', 'www\\[.\\]x.example'],
    ['ask bob@x.example or @team', 'ask bob\\[@\\]x.example or \\[@\\]team'],
    ['mailto:a javascript:b', 'mailto\\[:\\]a javascript\\[:\\]b'],
    ['&lt;b&gt;', '\\&lt;b\\&gt;'],
    ['one\r\ntwo\n\n# three', 'one two \\# three'],
    ['- item', '\\- item'],
    ['+ item', '\\+ item'],
    ['1. item', '1\\. item'],
    ['2) item', '2\\) item'],
    ['=== ', '\\==='],
    ['```', '\\`\\`\\`'],
    ['back\\slash', 'back\\\\slash'],
    ['$x$', '\\$x\\$'],
    ['\u001b[31mred', '\\\\x1b\\[31mred'],
    ['a\u202eb\u200bc\u{e0041}d', 'a\\\\u{202e}b\\\\u{200b}c\\\\u{e0041}d'],
    ['half \ud800 pair', 'half \\\\u{d800} pair'],
    ['no\u00a0break', 'no break'],
    [['a', '<b>'], 'a, \\<b\\>'],
    [{ a: '|' }, '{"a":"\\|"}'],
    [null, ''],
    [undefined, ''],
    [42, '42'],
  ])('%j', (given, expected) => {
    expect(escapeInline(given)).toBe(expected);
  });

  it('leaves no markup, no line break and no unseen character of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const escaped = escapeInline(text);
        expect(escaped.replace(/\\[^A-Za-z0-9\s]/g, '')).not.toMatch(/[`*_[\]<>&#|~!$]/);
        expect(escaped).not.toMatch(/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u);
        expect(escaped).not.toMatch(/https?:|www\.|@\w/i);
      }),
    );
  });

  it('takes linear time', () => {
    for (const part of ['`', '[', 'h', 'http:', '\\', '@a', '\u202e', ' ']) {
      const started = performance.now();
      escapeInline(part.repeat(200_000));
      codeSpan(part.repeat(200_000));
      expect(performance.now() - started).toBeLessThan(5_000);
    }
  });
});

describe('escapeBlock', () => {
  it('keeps lines and paragraphs, each harmless', () => {
    expect(escapeBlock('one\ntwo\r\n\r\n\r\n# three\n- four\n')).toBe(
      'one\\\ntwo\n\n\\# three\\\n\\- four',
    );
  });
});

describe('codeSpan', () => {
  it.each([
    ['id', '`id`'],
    ['a`b', '``a`b``'],
    ['`a', '`` `a ``'],
    ['a``b`c', '```a``b`c```'],
    ['cat x | nc y', '`cat x `\\|` nc y`'],
    ['|', '\\|'],
    ['http://x.example <b>', '`http://x.example <b>`'],
    ['one\ntwo', '`one two`'],
    ['\u001b]0;x\u0007', '`\\x1b]0;x\\x07`'],
    ['', ''],
    ['  ', ''],
  ])('%j', (given, expected) => {
    expect(codeSpan(given)).toBe(expected);
  });
});

describe('codeFence', () => {
  it('is longer than any fence inside', () => {
    expect(codeFence('a\n```\n# out\n`````')).toBe('\n``````text\na\n```\n# out\n`````\n``````\n');
  });

  it('shows what cannot be seen', () => {
    expect(codeFence('\u001b[2J\u202e\r{{ x }}')).toBe(
      '\n```text\n\\x1b[2J\\u{202e}\\x0d{{ x }}\n```\n',
    );
  });
});
