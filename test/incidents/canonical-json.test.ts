import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/incidents/canonical-json.ts';

describe('canonicalJson', () => {
  // RFC 8785 section 3.2.2: numbers, escapes and literals in one document.
  it('serialises as RFC 8785 section 3.2.3 shows', () => {
    const input = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`) as unknown;
    expect(canonicalJson(input)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('sorts keys by UTF-16 code units as RFC 8785 section 3.2.3 shows', () => {
    const input = JSON.parse(String.raw`{
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis"
    }`) as Record<string, string>;
    expect(Object.values(JSON.parse(canonicalJson(input)) as object)).toEqual([
      'One', // JSON.parse itself puts integer-like keys first
      'Carriage Return',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
    expect(canonicalJson(input).startsWith(String.raw`{"\r":"Carriage Return","1":"One",`)).toBe(
      true,
    );
  });

  // RFC 8785 appendix B: IEEE 754 bits and what they must become.
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number %s as %s', (bits, text) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text);
  });

  it.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [1n, 'bigint'],
    [undefined, 'undefined'],
    [{ a: () => 1 }, 'function'],
  ])('refuses %s', (value, what) => {
    expect(() => canonicalJson(value)).toThrow(what);
  });

  it('refuses nesting that would exhaust the stack', () => {
    let nested: unknown = 1;
    for (let level = 0; level < 50_000; level++) nested = [nested];
    expect(() => canonicalJson(nested)).toThrow('nested deeper than 1000');
  });

  it('leaves out undefined members and keeps __proto__ ones', () => {
    const hostile = JSON.parse('{"b": 1, "__proto__": {"x": 2}}') as object;
    expect(canonicalJson({ u: undefined, ...hostile })).toBe('{"__proto__":{"x":2},"b":1}');
    expect(canonicalJson('\ud800')).toBe(String.raw`"\ud800"`);
  });

  it('is a fixed point and keeps every value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
