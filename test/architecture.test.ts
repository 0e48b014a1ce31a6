/** The arrows of ARCHITECTURE.md: who may import whom, no cycles, and which library belongs to which room. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '../src/logs/formats/list.ts';
import { functionLengths, mayHaveLong } from './function-lengths.ts';

const ROOT = resolve(import.meta.dirname, '..');
const SOURCE = join(ROOT, 'src');

/** Room to the rooms whose values it may import. Types may come from anywhere below `main`. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  main: ['cli', 'terminal', 'settings', 'errors'],
  cli: ['commands', 'errors'],
  commands: [
    'host',
    'settings',
    'logs',
    'sigma',
    'detect',
    'incidents',
    'store',
    'respond',
    'evidence',
    'processes',
    'clocks',
    'notify',
    'watch',
    'serve',
    'masking',
    'audit',
    'connectors',
    'hunt',
    'plan',
    'reports',
    'pages',
    'retention',
    'prepare',
    'alerts',
    'drills',
    'events',
    'config',
    'configuration',
    'errors',
  ],
  terminal: ['pages', 'masking', 'events', 'settings', 'errors'],
  pages: ['events', 'errors'],
  settings: ['logs', 'errors'],
  detect: ['sigma', 'logs', 'events', 'config', 'configuration', 'yaml', 'errors'],
  watch: ['detect', 'logs', 'events', 'processes', 'config', 'configuration', 'errors'],
  serve: ['pages', 'watch', 'events', 'config', 'yaml', 'errors'],
  sigma: ['events', 'errors'],
  logs: ['events', 'config', 'yaml', 'errors'],
  incidents: ['events', 'errors'],
  store: ['incidents', 'errors'],
  host: ['logs', 'processes', 'events', 'config', 'yaml', 'errors'],
  clocks: ['incidents', 'logs', 'config', 'yaml', 'errors'],
  plan: ['clocks', 'incidents', 'events', 'yaml', 'errors'],
  respond: ['incidents', 'processes', 'events', 'config', 'yaml', 'errors'],
  notify: [
    'incidents',
    'reports',
    'masking',
    'processes',
    'events',
    'config',
    'configuration',
    'errors',
  ],
  connectors: ['notify', 'events', 'errors'],
  hunt: ['connectors', 'detect', 'sigma', 'logs', 'events', 'errors'],
  masking: ['config', 'yaml', 'errors'],
  audit: ['events', 'config', 'yaml', 'errors'],
  evidence: ['incidents', 'processes', 'logs', 'events', 'errors'],
  processes: ['errors'],
  reports: ['events', 'config', 'errors'],
  prepare: ['config', 'yaml', 'errors'],
  alerts: ['incidents', 'events', 'config', 'yaml', 'errors'],
  retention: ['logs', 'incidents', 'config', 'yaml', 'errors'],
  drills: ['incidents', 'events', 'errors'],
  events: [],
  config: [],
  configuration: ['yaml', 'errors'],
  yaml: ['errors'],
  errors: [],
};

/** Library to the only rooms that may import it. */
const FENCES: Readonly<Record<string, readonly string[]>> = {
  commander: ['cli', 'main'],
  chalk: ['terminal'],
  '@inquirer/core': ['terminal'],
  '@inquirer/prompts': ['terminal'],
  execa: ['processes'],
  kysely: ['store'],
  pg: ['store'],
  'better-sqlite3': ['store'],
  'better-sqlite3-napi': ['store'],
  liquidjs: ['reports'],
  fzstd: ['logs'],
  maxmind: ['detect'],
  nodemailer: ['notify'],
  uplot: ['pages'],
  'markdown-it': ['reports'],
};

/** Lines that a function may have of its own. */
const MOST_LINES = 60;

/** The functions that may be longer, and why. */
const LONG: Readonly<Record<string, string>> = {
  'logs/formats/json-lines.ts recordEvent': 'one literal for all events: V8 keeps one shape',
  'logs/formats/json-split.ts push': 'a loop over every character, whose state stays in one place',
  'detect/scan-task.ts scan': 'what is done for every event, in closures over one piece of a file',
  'detect/analyse.ts run':
    'the steps of one analysis in order: each needs what most of those before it found',
  'watch/receive/msgpack.ts read': 'a switch over the first byte of a value, as the format has it',
};

interface Import {
  from: string;
  target: string;
  isType: boolean;
}

const files = readdirSync(SOURCE, { recursive: true })
  .map(String)
  .filter((path) => path.endsWith('.ts'))
  .sort();

const importsOf = (path: string): Import[] => {
  const text = readFileSync(join(SOURCE, path), 'utf8').replace(
    /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm,
    '',
  );
  const found: Import[] = [];
  const pattern =
    /\b(import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|\brequire\(\s*'([^']+)'\s*\)/g;
  for (const [whole, , type, specifier, dynamic, required] of text.matchAll(pattern)) {
    const names = /\{([^}]*)\}/.exec(whole)?.[1];
    const onlyTypes =
      names !== undefined &&
      !/import\s+\w/.test(whole.replace(/import\s+type/, '')) &&
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')
        .every((name) => name.startsWith('type '));
    const target = specifier ?? dynamic ?? required ?? '';
    const isType = type !== undefined || onlyTypes || /typeof import\($/.test(whole);
    found.push({ from: path, target, isType });
  }
  return found;
};

const imports = files.flatMap(importsOf);
const roomOf = (path: string): string => path.split('/')[0]!.replace(/\.ts$/, '');
const localTarget = ({ from, target }: Import): string | undefined =>
  target.startsWith('.')
    ? relative(SOURCE, resolve(SOURCE, dirname(from), target)).replace(/\.js$/, '.ts')
    : undefined;

describe('arrows', () => {
  it('finds the source', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(imports.length).toBeGreaterThan(300);
  });

  it('point one way', () => {
    const wrong = imports
      .filter((entry) => !entry.isType)
      .flatMap((entry) => {
        const target = localTarget(entry);
        if (target === undefined || target.startsWith('..')) return [];
        const from = roomOf(entry.from);
        const to = roomOf(target);
        const isAllowed = from === to || ARROWS[from]?.includes(to) === true;
        return isAllowed ? [] : [`${entry.from} -> ${target}`];
      });
    expect(wrong).toEqual([]);
  });

  it('never lead from a lower room to the command line, not even for types', () => {
    const wrong = imports
      .filter((entry) => !['main', 'cli'].includes(roomOf(entry.from)))
      .filter((entry) => roomOf(localTarget(entry) ?? '') === 'cli')
      .map(({ from, target }) => `${from} -> ${target}`);
    expect(wrong).toEqual([]);
  });

  it('form no cycle', () => {
    const graph = new Map<string, string[]>();
    for (const entry of imports) {
      const target = localTarget(entry);
      if (entry.isType || target === undefined) continue;
      graph.set(entry.from, [...(graph.get(entry.from) ?? []), target]);
    }
    expect(findCycle(graph)).toEqual([]);
  });
});

describe('libraries', () => {
  it.each(Object.entries(FENCES))('%s stays in its room', (library, rooms) => {
    const wrong = imports
      .filter(
        ({ target, isType }) => !isType && (target === library || target.startsWith(`${library}/`)),
      )
      .filter(({ from }) => !rooms.includes(roomOf(from)))
      .map(({ from }) => from);
    expect(wrong).toEqual([]);
  });

  it('are declared and used', () => {
    const declaredIn = (path: string): Record<string, string> =>
      (
        JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as {
          dependencies: Record<string, string>;
        }
      ).dependencies;
    const dependencies = {
      ...declaredIn('package.json'),
      ...declaredIn('packages/sqlite-node-20/package.json'),
    };
    const used = new Set(
      imports
        .map(({ target }) => target)
        .filter((target) => !target.startsWith('.') && !target.startsWith('node:'))
        .map((target) =>
          target
            .split('/')
            .slice(0, target.startsWith('@') ? 2 : 1)
            .join('/'),
        ),
    );
    expect([...used].filter((name) => dependencies[name] === undefined)).toEqual([]);
    expect(Object.keys(dependencies).filter((name) => !used.has(name))).toEqual([]);
  });
});

describe('files', () => {
  it('stay short', () => {
    const long = files.filter(
      (path) => readFileSync(join(SOURCE, path), 'utf8').split('\n').length > 400,
    );
    expect(long).toEqual([]);
  });

  it('write to the console in the terminal room and the launcher only', () => {
    const wrong = files.filter(
      (path) =>
        !['terminal', 'main'].includes(roomOf(path)) &&
        /\bconsole\.|process\.std(out|err)\.write/.test(readFileSync(join(SOURCE, path), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });

  it('have no default exports, barrels or rooms called utils', () => {
    const wrong = files.filter((path) =>
      /^export (default|\*)/m.test(readFileSync(join(SOURCE, path), 'utf8')),
    );
    expect(wrong).toEqual([]);
    expect(
      files.filter((path) => /(^|\/)(utils?|helpers?)(\/|\.ts$)|index\.ts$/.test(path)),
    ).toEqual([]);
  });
});

describe('functions', () => {
  it('stay short, but for those that have a reason', () => {
    const long = files.flatMap((path) => {
      const text = readFileSync(join(SOURCE, path), 'utf8');
      if (!mayHaveLong(text, MOST_LINES)) return [];
      return functionLengths(text)
        .filter(({ lines }) => lines > MOST_LINES)
        .map(({ name }) => `${path} ${name}`);
    });
    expect(long.sort()).toEqual(Object.keys(LONG).sort());
  });
});

describe('formats', () => {
  it('are named by no file of the engine, the language, the commands and the views', () => {
    const names = new Set(FORMATS.map(({ name }) => name));
    const found = files
      .filter((path) => ['detect', 'sigma', 'commands', 'terminal'].includes(roomOf(path)))
      .flatMap((path) => {
        const text = readFileSync(join(SOURCE, path), 'utf8').replace(
          /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm,
          '',
        );
        const literals = [...text.matchAll(/'([^'\n]*)'|"([^"\n]*)"|`([^`]*)`/g)];
        return literals
          .map(([, single, double, template]) => single ?? double ?? template ?? '')
          .filter((literal) => names.has(literal))
          .map((literal) => `${path}: ${literal}`);
      });
    expect(found).toEqual([]);
  });
});

describe('exports', () => {
  it('have a docstring', () => {
    const missing = files.flatMap((path) => {
      const lines = readFileSync(join(SOURCE, path), 'utf8').split('\n');
      return lines.flatMap((line, index) =>
        /^export (?:async )?(?:function\*?|const|interface|type|class) /.test(line) &&
        !(lines[index - 1] ?? '').endsWith('*/')
          ? [`src/${path}:${index + 1}: ${line}`]
          : [],
      );
    });
    expect(missing).toEqual([]);
  });
});

/** The files of one cycle, or nothing. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const visit = (node: string, path: string[]): string[] => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return [];
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...path, node]);
      if (cycle.length > 0) return cycle;
    }
    done.add(node);
    return [];
  };
  for (const node of graph.keys()) {
    const cycle = visit(node, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

describe('the guard itself', () => {
  it('counts the lines of named functions apart, and those of callbacks to what is around them', () => {
    const text = `/** A. */
const outer = (all: number[]) => {
  function inner() {
    return 1;
  }
  const also = () => {
    return 2;
  };
  return all.map((one) => {
    return one + inner() + also();
  });
};
class Thing {
  constructor() {
    this.it = 1;
  }
  get size() { return 1; }
  run() {
    return {
      step: () => {
        return 1;
      },
    };
  }
}
`;
    const found = functionLengths(text).map(({ name, line, lines }) => `${name}:${line} ${lines}`);
    expect(found.sort()).toEqual([
      'also:6 3',
      'constructor:14 3',
      'inner:3 3',
      'outer:2 5',
      'run:18 4',
      'size:17 1',
      'step:20 3',
    ]);
    expect([mayHaveLong(text, 12), mayHaveLong(text, 13)]).toEqual([true, false]);
  });

  it('sees a cycle', () => {
    expect(
      findCycle(
        new Map([
          ['a', ['b']],
          ['b', ['a']],
        ]),
      ),
    ).toEqual(['a', 'b', 'a']);
  });
});
