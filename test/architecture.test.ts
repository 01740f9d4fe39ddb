/** Who may import whom, as data. What is not listed is forbidden; every row says why it is allowed. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('../src/', import.meta.url).pathname;

interface Room {
  /** Rooms of ours it may import, with the reason for those beyond the general order. */
  readonly ours: Readonly<Record<string, string>>;
  /** Packages and Node modules. */
  readonly packages: readonly string[];
  /** No clock, no randomness, no process, no files, no network. */
  readonly pure?: true;
}

/** A row is a folder, or a file, directly under src. */
const rooms: Readonly<Record<string, Room>> = {
  schema: {
    ours: {},
    packages: [
      'zod',
      'ajv',
      'ajv-draft-04',
      'ajv-formats',
      're2js',
      '@eslint-community/regexpp',
      'node:crypto',
      'node:module',
    ],
    pure: true,
  },
  compat: {
    ours: { schema: 'compares documents', lru: 'keeps what a content compiles to' },
    packages: ['@eslint-community/regexpp', 'ajv-formats'],
    pure: true,
  },
  avro: {
    ours: { schema: 'JSON values, pointers, limits', compat: 'the report every format gives' },
    packages: ['avsc', 'node:module'],
    pure: true,
  },
  protobuf: {
    ours: { schema: 'JSON values, pointers, limits', compat: 'the report every format gives' },
    packages: ['protobufjs', 'protobufjs/ext/descriptor.js'],
    pure: true,
  },
  policy: { ours: { schema: 'judges documents' }, packages: [], pure: true },
  lifecycle: { ours: { schema: 'calendar dates' }, packages: [], pure: true },
  codegen: {
    ours: { schema: 'models documents' },
    packages: ['ajv-formats', '@eslint-community/regexpp'],
    pure: true,
  },
  lint: {
    ours: { schema: 'reads documents', compat: 'asks what a schema accepts' },
    packages: ['@eslint-community/regexpp'],
    pure: true,
  },
  mapping: {
    ours: { schema: 'validates both sides', compat: 'its solver makes events' },
    packages: ['jsonata'],
    pure: true,
  },
  check: {
    ours: {
      avro: 'reads and compares one format',
      protobuf: 'reads and compares another',
      schema: 'parses',
      compat: 'compares',
      policy: 'judges',
      lint: 'reads closely',
      lifecycle: 'knows stages',
    },
    packages: [],
    pure: true,
  },
  authoring: {
    ours: { schema: 'makes documents', errors: 'what cannot be expressed is a fault with a field and advice' },
    packages: ['zod', 'zod-to-json-schema'],
  },
  registry: {
    ours: {
      schema: 'records hold documents',
      check: 'decides',
      lifecycle: 'judges transitions',
      errors: 'refuses',
      lru: 'keeps compiled validators',
      together: 'asks a transaction several things at once',
      turns: 'long work leaves the thread to others',
      compat: 'compares two versions when asked, beside any level',
      codegen: 'hands versions out as code',
      mapping: 'proves successor mappings',
      policy: 'data maps and access, which are about a catalog as a whole',
    },
    packages: ['node:crypto'],
  },
  confluent: {
    ours: {
      registry: 'stands on its verbs',
      check: 'reads definitions and reports as the verbs do',
      compat: 'levels, as they are called',
      protobuf: 'a file as text and as a descriptor',
      schema: 'JSON values, subjects, definitions',
      errors: 'says faults in its own words',
    },
    packages: [],
  },
  store: {
    ours: {
      registry: 'implements its ports; types alone',
      schema: 'canonical form, cursors',
      lifecycle: 'stages; types alone',
      errors: 'refuses',
      together: 'writes several rows at once',
      turns: 'a whole catalog is read in portions',
      check: 'the report beside a version; types alone',
      compat: 'level and world; types alone',
    },
    packages: [
      'node:module',
      'drizzle-orm',
      'postgres',
      '@electric-sql/pglite',
      'zod',
      'node:crypto',
      'node:fs',
      'node:fs/promises',
      'node:os',
      'node:path',
      'node:timers/promises',
      'node:net',
      'node:url',
      'node:async_hooks',
    ],
  },
  threads: {
    ours: {
      registry: 'implements its port for long work, and runs it',
      errors: 'refuses what takes too long',
    },
    // a thread learns its own id from the file system of the kernel
    packages: ['node:worker_threads', 'node:child_process', 'node:os', 'node:url', 'node:fs'],
  },
  announce: {
    ours: { registry: 'port types', errors: 'refuses', schema: 'JSON values' },
    packages: ['node:http', 'node:https', 'node:dns/promises', 'node:net', 'node:crypto'],
  },
  client: {
    ours: {
      schema: 'validators, JSON values',
      codegen: 'makes its validator without the server’s',
      lru: 'keeps answers',
    },
    packages: [],
  },
  events: {
    ours: {
      schema: 'catalogs, contracts and envelopes',
      client: 'contracts come from the lock file or the registry',
      mapping: 'old events reach new readers through the mapping of a deprecation',
    },
    packages: [
      '@nats-io/jetstream',
      '@nats-io/transport-node',
      '@opentelemetry/api',
      'aws4fetch',
      'drizzle-orm',
      'ioredis',
      'kafkajs',
      'prom-client',
      'rabbitmq-client',
      'node:async_hooks',
      'node:crypto',
      'node:events',
      'node:fs',
      'node:fs/promises',
      'node:path',
      'node:readline',
      'node:stream',
      'node:timers/promises',
    ],
  },
  provision: {
    ours: {
      schema: 'what a broker should hold follows from catalogs, contracts and addresses',
      policy: 'who may publish and read is what access allows',
      errors: 'a broker that cannot be made to agree is a fault with a remedy',
    },
    packages: [
      '@nats-io/jetstream',
      '@nats-io/transport-node',
      'ioredis',
      'kafkajs',
      'rabbitmq-client',
      'node:crypto',
      'node:net',
      'node:tls',
    ],
  },
  http: {
    ours: {
      registry: 'verbs and port types',
      check: 'types',
      lifecycle: 'notices and stages',
      schema: 'shapes',
      errors: 'renders faults',
      compat: 'names of levels and worlds, for shapes',
      policy: 'writes data maps and access out',
      lru: 'keeps replies, callers and proofs',
      turns: 'long bodies leave the thread to others',
    },
    packages: [
      'hono',
      'zod',
      'jose',
      'pino',
      'prom-client',
      'openapi3-ts',
      'node:cluster',
      'node:net',
      'node:crypto',
      'node:http',
      'node:net',
    ],
  },
  console: {
    ours: {
      registry: 'shows and carries out its verbs',
      check: 'reports; types alone',
      compat: 'names of worlds and directions, and applies a checked fix to show it',
      lifecycle: 'stages and steps',
      policy: 'reads documents field by field; tables of rules',
      schema: 'documents, pointers, dates',
      lru: 'drawings, kept within a bound',
      errors: 'renders faults as pages',
    },
    packages: [
      'hono',
      '@dagrejs/dagre',
      'diff',
      'htmx.org',
      'openid-client',
      'zod',
      'node:crypto',
      'node:fs',
      'node:module',
    ],
  },
  cli: {
    ours: {
      events: 'prints the tables of the event store, settles what is parked, replays and archives',
      check: 'checks',
      avro: 'finds what a schema defines and uses, and where it says so',
      protobuf: 'finds what a file imports, and where it says what',
      codegen: 'generates',
      client: 'asks registries',
      schema: 'reads documents',
      errors: 'renders faults',
      compat: 'compares two files, and its reports are printed',
      lint: 'reads the second of two files closely',
      policy: 'rules, data maps and access of a folder',
      lifecycle: 'names of stages',
      provision: 'plans and applies what a broker should hold',
    },
    packages: [
      'zod',
      'jiti',
      'yaml',
      'json-schema-diff',
      'quicktype-core',
      '@ts-morph/common',
      'postgres',
      'node:crypto',
      'node:fs',
      'node:fs/promises',
      'node:module',
      'node:path',
      'node:os',
      'node:timers/promises',
      'node:url',
      'node:util',
      'node:child_process',
      'node:worker_threads',
    ],
  },
  lru: { ours: {}, packages: [] },
  errors: { ours: { schema: 'JSON values; types alone' }, packages: [] },
  together: { ours: {}, packages: [] },
  turns: { ours: { errors: 'work that nobody wants any more ends' }, packages: [] },
  config: {
    ours: { http: 'the form of tokens, and the limits of bodies', schema: 'words for what is wrong' },
    packages: ['zod', 'node:net'],
  },
  index: { ours: { authoring: 'the public surface' }, packages: [] },
  'confluent-face': {
    ours: {
      confluent: 'the face',
      http: 'how callers are known, the log, the metrics',
      config: 'where it stands',
    },
    packages: ['hono'],
  },
  faces: {
    ours: {
      console: 'one face',
      http: 'the other, and how callers are known',
      config: 'where and how to sign in',
      registry: 'where a request comes from; types alone',
    },
    packages: ['hono', 'node:crypto', 'node:http'],
  },
  processes: {
    ours: {
      server: 'starts it once or several times',
      config: 'how often',
      http: 'the log, the metrics',
      errors: 'refuses',
    },
    packages: ['node:cluster', 'node:net', 'node:crypto'],
  },
  listener: {
    ours: {
      config: 'which faces, limits and names',
      'confluent-face': 'one face',
      faces: 'the others',
      http: 'the app, and what is answered ahead of it',
      errors: 'refuses',
    },
    packages: ['@hono/node-server', 'node:http'],
  },
  server: {
    ours: Object.fromEntries(
      [
        'announce',
        'config',
        'errors',
        'http',
        'listener',
        'lru',
        'registry',
        'schema',
        'store',
        'threads',
        'lifecycle',
      ].map((room) => [room, 'composition root']),
    ),
    packages: ['pino', 'node:http', 'node:net'],
  },
};

/** A row is one file that may do what its room may not, and why. */
const exceptions: Readonly<Record<string, { readonly ours: readonly string[]; readonly why: string }>> = {
  'compat/index.ts': { ours: ['errors'], why: 'the public entry: what cannot be read is refused as everywhere' },
  'cli/serve/serve-command.ts': {
    ours: ['processes', 'config'],
    why: 'the one command that is the server; it loads it when it runs',
  },
};

/** Only types cross here: what is imported vanishes when it is compiled. */
const typesAlone: readonly (readonly [string, string])[] = [
  ['store', 'registry'],
  ['store', 'check'],
  ['store', 'compat'],
  ['store', 'lifecycle'],
  ['announce', 'registry'],
  ['errors', 'schema'],
];

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
  readonly ours: boolean;
  readonly type: boolean;
  /** Loaded when it is used. */
  readonly lazy: boolean;
}

function files(folder = root): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return files(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

function roomOf(path: string): string {
  return (relative(root, path).split(sep)[0] ?? '').replace(/\.tsx?$/, '');
}

/** Without comments: examples in them import what they like. */
function codeOf(file: string): string {
  return readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '$1');
}

const statement =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'|import\('([^']+)'\)|(?:^|\n)import\s+'([^']+)'/g;

function importsOf(file: string): readonly Import[] {
  return [...codeOf(file).matchAll(statement)].map(([, type, from, lazy, bare]) => {
    const name = from ?? lazy ?? bare ?? '';
    const ours = name.startsWith('.');
    const target = ours ? roomOf(normalize(join(dirname(file), name))) : packageOf(name);
    return {
      file: relative(root, file),
      room: roomOf(file),
      target,
      ours,
      type: type !== undefined,
      lazy: lazy !== undefined,
    };
  });
}

function packageOf(name: string): string {
  if (name.startsWith('node:')) return name;
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

const all = files().flatMap(importsOf);
const crossing = all.filter(({ ours, room, target }) => ours && room !== target);

describe('imports', () => {
  it('are found at all', () => {
    expect(all.length).toBeGreaterThan(500);
    expect(new Set(all.map(({ room }) => room))).toContain('http');
  });

  it('come from rooms that are in the table', () => {
    expect(
      files()
        .map(roomOf)
        .filter((room) => !Object.hasOwn(rooms, room)),
    ).toEqual([]);
  });

  it('cross only where the table allows it', () => {
    const forbidden = crossing.filter(({ file, room, target }) => {
      if (file === 'cli/main.ts') return false;
      return (
        !Object.hasOwn(rooms[room]?.ours ?? {}, target) && !exceptions[file.replaceAll(sep, '/')]?.ours.includes(target)
      );
    });
    expect(forbidden.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it('are types where only types may cross', () => {
    const values = crossing.filter(
      ({ room, target, type }) => !type && typesAlone.some(([from, to]) => from === room && to === target),
    );
    expect(values.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it('use packages only where they belong', () => {
    const foreign = all.filter(({ ours, room, target, file }) => {
      if (ours || file === 'cli/main.ts') return false;
      return !rooms[room]?.packages.includes(target);
    });
    expect(foreign.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it('need every row of the table: what nobody uses is not allowed either', () => {
    const used = new Set(crossing.map(({ room, target }) => `${room} → ${target}`));
    // a room without files is one to come: its row says what it may ask from its first line on
    const entered = new Set(files().map(roomOf));
    const stated = Object.entries(rooms).flatMap(([room, { ours }]) =>
      entered.has(room) ? Object.keys(ours).map((target) => `${room} → ${target}`) : [],
    );
    const unused = stated.filter((row) => !used.has(row));
    // announce may refuse, cli may ask through the client, http may name reports: written down in the house style, not needed yet
    expect(unused).toEqual(
      ['announce → errors', 'http → check', 'cli → client', 'server → lifecycle'].filter((row) => unused.includes(row)),
    );
  });

  it('of the command line leave the database alone until it serves', () => {
    const eager = importedFrom('cli/main.ts');
    expect([...eager].filter((file) => /^(store|http|registry|server|announce)/.test(file))).toEqual([]);
  });

  it('of the client reach nothing of the server', () => {
    const reached = importedFrom('client/index.ts');
    expect([...reached].filter((file) => !/^(client|schema|codegen|lru)/.test(file))).toEqual([]);
  });

  it('of the events room reach an adapter from nowhere but its own folder', () => {
    const adapter = /^events\/(memory|nats|redis|rabbitmq|kafka)\//;
    const folderOf = (file: string) => adapter.exec(file)?.[1];
    const reaching = [...edges()].flatMap(([file, targets]) =>
      targets
        .filter((target) => adapter.test(target) && folderOf(target) !== folderOf(file))
        .map((to) => `${file} → ${to}`),
    );
    expect(reaching).toEqual([]);
  });

  it('of the events room load the library of a broker only when its bus is used', () => {
    const optional = ['@nats-io/jetstream', '@nats-io/transport-node', 'ioredis', 'kafkajs', 'rabbitmq-client'];
    const ofBrokers = all.filter(({ room, target }) => room === 'events' && optional.includes(target));
    expect(new Set(ofBrokers.map(({ target }) => target))).toEqual(new Set(optional));
    expect(ofBrokers.filter(({ type, lazy }) => !type && !lazy).map(({ file }) => file)).toEqual([]);
  });

  it('make no circle between files, but where one recursion spans several', () => {
    expect(circles()).toEqual(mutualRecursions.map(({ files: known }) => known));
  });
});

/** Files reached by static value imports. */
function edges(): ReadonlyMap<string, readonly string[]> {
  const eager = /(?:^|\n)\s*(?:import|export)\s+(?!type\s)([^;]*?)from\s+'(\.[^']+)'/g;
  return new Map(
    files().map((file) => [
      relative(root, file),
      [...codeOf(file).matchAll(eager)]
        .filter(([, names = '']) => !/^\{\s*(type\s+\w+(\s+as\s+\w+)?\s*,?\s*)+\}\s*$/.test(names))
        .map(([, , from = '']) => relative(root, normalize(join(dirname(file), from)))),
    ]),
  );
}

function importedFrom(start: string): ReadonlySet<string> {
  const graph = edges();
  const reached = new Set([start]);
  for (const file of reached) for (const next of graph.get(file) ?? []) reached.add(next);
  return reached;
}

/** A row is a set of files that import each other because one recursion spans them, and which recursion that is. */
const mutualRecursions: readonly { readonly files: readonly string[]; readonly because: string }[] = [
  {
    files: ['array', 'combinator', 'object', 'scalar']
      .map((family) => `compat/graph/compile-${family}.ts`)
      .concat(['compat/graph/compile.ts']),
    because: 'a schema is compiled by its keyword families, and they compile its subschemas',
  },
  {
    files: ['boolean', 'build', 'contain', 'join', 'match', 'meet', 'moves', 'units', 'wordset'].map(
      (part) => `compat/language/${part}.ts`,
    ),
    because: 'a term simplifies itself by building, deriving and matching smaller terms',
  },
  {
    files: ['array', 'distinct', 'fresh', 'goal', 'object', 'search', 'slots'].map((part) => `compat/solve/${part}.ts`),
    because: 'the value of a property or an item is a goal of its own',
  },
];

/** Files that reach each other, each set once and sorted. */
function circles(): readonly (readonly string[])[] {
  const graph = edges();
  const reaches = new Map([...graph.keys()].map((file) => [file, reachedFrom(graph, file)]));
  const found = new Map<string, readonly string[]>();
  for (const [file, reached] of reaches) {
    if (!reached.has(file)) continue;
    const circle = [...reached].filter((other) => reaches.get(other)?.has(file)).sort();
    found.set(circle.join(), circle);
  }
  return [...found.keys()].sort().flatMap((key) => [found.get(key) ?? []]);
}

/** What a file reaches by one import or more; itself only where it is part of a circle. */
function reachedFrom(graph: ReturnType<typeof edges>, file: string): ReadonlySet<string> {
  const reached = new Set(graph.get(file));
  for (const each of reached) for (const next of graph.get(each) ?? []) reached.add(next);
  return reached;
}

describe('pure rooms', () => {
  /** A row is what a pure function must not touch. */
  const impure: readonly (readonly [string, RegExp])[] = [
    ['the clock', /\bDate\.now\b|new Date\(\)|\bperformance\.|\bhrtime\b/],
    ['randomness', /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b|\bgetRandomValues\b/],
    ['the process', /\bprocess\.|\bconsole\./],
    ['timers', /\bset(Timeout|Interval|Immediate)\b|\bqueueMicrotask\b/],
    ['the network', /\bfetch\(|\bXMLHttpRequest\b|\bWebSocket\(/],
  ];
  const pure = Object.entries(rooms).flatMap(([room, row]) => (row.pure ? [room] : []));

  it.each(impure)('leave %s alone', (_, pattern) => {
    const touching = files().filter(
      (file) => pure.includes(roomOf(file)) && pattern.test(withoutStrings(codeOf(file))),
    );
    expect(touching.map((file) => relative(root, file))).toEqual([]);
  });

  it('hold files that only take and give values', () => {
    expect(pure).toEqual([
      'schema',
      'compat',
      'avro',
      'protobuf',
      'policy',
      'lifecycle',
      'codegen',
      'lint',
      'mapping',
      'check',
    ]);
  });
});

function withoutStrings(code: string): string {
  return code.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g, "''");
}

describe('names and sizes', () => {
  it('avoid the words that say nothing', () => {
    const empty = /(^|[-.])(utils?|helpers?|common|shared|managers?|services?|processors?)([-.]|$)/;
    expect(
      files()
        .map((file) => relative(root, file))
        .filter((file) => file.split(sep).some((part) => empty.test(part))),
    ).toEqual([]);
  });

  it('are standard terms, and none of the words that once meant ten things each', () => {
    const words = 'told|standing|soonest|deepest|breath|patience|guilty|tellHead|judges?|Answer|Place|moment|most|many';
    const naming = new RegExp(
      `\\b(?:const|let|function|interface|type|class)\\s+(?:${words})\\b|[({,]\\s*(?:${words})\\s*[:=?]`,
    );
    const found = files().filter((file) => naming.test(withoutStrings(codeOf(file))));
    expect(found.map((file) => relative(root, file))).toEqual([]);
  });

  it('read the environment in one place', () => {
    const reading = files().filter((file) => /\bprocess\.env\b/.test(codeOf(file)));
    expect(reading.map((file) => relative(root, file))).toEqual(['cli/main.ts']);
  });
});

describe('types', () => {
  /** A row is a way around the types that no file takes: a type guard that looks, a parse, a narrower parameter or an overload does. */
  const waysAround: readonly (readonly [string, RegExp])[] = [
    ['unknown', /\bas\s+unknown\s+as\b/],
    ['never', /\bas\s+never\s+as\b/],
  ];
  const tests = new URL('../test/', import.meta.url).pathname;
  const written = [...sources(root), ...sources(tests)].filter((file) => !file.startsWith(join(tests, 'cases')));

  it.each(waysAround)('are not gone around by a cast through %s', (_, pattern) => {
    expect(written.length).toBeGreaterThan(900);
    const casting = written.filter((file) => pattern.test(codeOf(file)));
    expect(casting.map((file) => relative(root, file))).toEqual([]);
  });
});

/** Tests among them. */
function sources(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}
