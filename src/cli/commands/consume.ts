import { checkDeclaration, type DeclarationCheck } from '../../check/readers/declaration.ts';
import { Fault } from '../../errors.ts';
import { eventLevel } from '../../policy/effective.ts';
import { readCatalog } from '../../schema/catalog.ts';
import { readContract } from '../../schema/contract.ts';
import { asJson, isArray } from '../../schema/json.ts';
import { libraryLimits } from '../../schema/limits.ts';
import { parseSchema } from '../../schema/parse.ts';
import { parseSubject } from '../../schema/subject.ts';
import { type Api, registryApi, registryOption, subjectPath } from '../api.ts';
import { prepare } from '../check/prepared.ts';
import { type Command, type Input, text } from '../command.ts';
import { defaultFolder, type FileReading, readConsumerFiles } from '../consumers/files.ts';
import type { Io } from '../io.ts';
import { plural } from '../output/plural.ts';
import { visible } from '../output/visible.ts';
import { folderTree } from '../source/folder.ts';
import { moduleRunner } from '../source/module.ts';
import { namedPaths } from '../source/paths.ts';
import { readWorkspace } from '../source/workspace.ts';

const verbs = ['check', 'publish', 'infer'] as const;

export const command: Command = {
  name: 'consume',
  summary: 'says what a service reads of each event: checks its files, publishes them, and infers them from code',
  usage: 'check|publish|infer [PATH…] [--schemas PATH | --registry URL] [options]',
  takes: [1, 100],
  options: {
    schemas: {
      type: 'string',
      value: 'PATH',
      summary: 'check: the schema files the events are defined by. Default schemas.',
    },
    registry: registryOption,
    service: { type: 'string', value: 'NAME', summary: 'infer: the service whose code it is.' },
    project: {
      type: 'string',
      value: 'FILE',
      summary: 'infer: the tsconfig.json of the code, which uses generated types. Default tsconfig.json.',
    },
    write: { type: 'boolean', summary: 'infer: write consumers/<service>.json, or PATH, in place of printing it.' },
    check: { type: 'boolean', summary: 'infer: exit 1 where the code reads more than that file declares.' },
  },
  examples: [
    'herald consume check consumers --schemas schemas',
    'herald consume publish --registry https://herald.example',
    'herald consume infer --service billing --write',
  ],
  async run(input, io) {
    const [verb, ...named] = input.positionals;
    // the compiler is loaded by who asks for it
    if (verb === 'infer') return (await import('../consumers/infer.ts')).runInfer(input, named[0], io);
    if (verb !== 'check' && verb !== 'publish')
      throw new Fault(
        'USAGE_INVALID',
        {},
        { message: `"herald consume ${verb}" is nothing; there are ${verbs.join(', ')}.` },
      );
    const readings = await readConsumerFiles(io, named.length > 0 ? named : [defaultFolder]);
    const api = verb === 'publish' || text(input, 'registry') !== undefined ? registryApi(input, io) : undefined;
    const checkOf = api ? againstRegistry(api) : await againstFiles(input, io);
    const refused = await checkAll(readings, checkOf, io);
    if (refused > 0) {
      io.err(`herald: ${plural(refused, 'problem')}${verb === 'publish' ? '; nothing was published' : ''}\n`);
      return 1;
    }
    if (api && verb === 'publish') await publish(api, readings, io);
    return 0;
  },
};

type CheckOf = (reading: FileReading) => Promise<DeclarationCheck>;

/** All of them first: what is wrong in one keeps all of them back. */
async function checkAll(readings: readonly FileReading[], checkOf: CheckOf, io: Io): Promise<number> {
  let refused = 0;
  for (const reading of readings) {
    const { file, service, catalog, subject } = reading;
    const { problems, notices } = await checkOf(reading);
    refused += problems.length;
    const lines = problems.map(
      ({ pointer, message }) => `${file}: ${service}, ${catalog}/${subject}${pointer && ` ${pointer}`} ${message}`,
    );
    io.out(
      problems.length > 0
        ? lines.map((line) => `✗ ${visible(line)}\n`).join('')
        : `✓ ${visible(`${service} reads ${catalog}/${subject}: ${whatText(reading)}`)}\n`,
    );
    for (const notice of notices) io.out(`  ${visible(notice)}\n`);
  }
  return refused;
}

function whatText({ reads, requires, samples, critical }: FileReading): string {
  const parts = [
    requires
      ? 'by a schema of its own'
      : reads
        ? plural(reads.length, 'field')
        : samples
          ? 'the fields of its samples'
          : 'everything',
    ...(samples ? [plural(samples.length, 'sample')] : []),
    ...(critical ? ['critical'] : []),
  ];
  return parts.join(', ');
}

async function againstFiles(input: Input, io: Io): Promise<CheckOf> {
  const paths = await namedPaths(io, [text(input, 'schemas') ?? 'schemas']);
  const collections = await readWorkspace(folderTree(io.cwd, 'the working folder'), paths, moduleRunner(io.cwd));
  const found = new Map(
    collections.flatMap((collection) =>
      prepare(collection).map((one) => [`${collection.catalog.name}/${one.subject}`, { one, collection }] as const),
    ),
  );
  return async ({ catalog, subject, ...stated }) => {
    const known = found.get(`${catalog}/${subject}`);
    if (known === undefined)
      return { problems: [{ pointer: '', message: `is not defined at ${paths.join(', ')}` }], notices: [] };
    const { document } = known.one;
    const rules = known.collection.catalog;
    const classification = eventLevel(readContract(document.root).contract, parseSubject(subject), rules);
    return checkDeclaration(stated, { document, classification, catalog: rules, limits: libraryLimits });
  };
}

function againstRegistry(api: Api): CheckOf {
  return async ({ catalog, subject, ...stated }) => {
    try {
      const rules = readCatalog(
        (await api.call('GET', `/v1/catalogs/${encodeURIComponent(catalog)}`)).json.rules ?? null,
      );
      const version = await api.call('GET', `${subjectPath(catalog, subject)}/versions/latest`);
      const parsed = parseSchema({ value: version.json.schema ?? null }, { limits: libraryLimits, closed: false });
      if (!rules.ok || !parsed.ok) return unreadable(api);
      const { document } = parsed;
      const classification = typeof version.json.classification === 'string' ? version.json.classification : undefined;
      return checkDeclaration(stated, { document, classification, catalog: rules.catalog, limits: libraryLimits });
    } catch (error) {
      if (!(error instanceof Fault) || error.status !== 404) throw error;
      return { problems: [{ pointer: '', message: `is not registered at ${api.url}: ${error.message}` }], notices: [] };
    }
  };
}

function unreadable({ url }: Api): DeclarationCheck {
  throw new Fault(
    'REGISTRY_ANSWER_INVALID',
    { url },
    { message: `${url} answers no schema this version of herald can read.` },
  );
}

async function publish(api: Api, readings: readonly FileReading[], io: Io): Promise<void> {
  for (const { catalog, subject, service, reads, requires, samples, critical } of readings) {
    const path = `${subjectPath(catalog, subject)}/consumers/${encodeURIComponent(service)}`;
    const { json } = await api.call('PUT', path, asJson({ reads, requires, samples, critical }));
    for (const notice of isArray(json.notices) ? json.notices : []) io.out(`  ${visible(String(notice))}\n`);
  }
  io.out(`published ${plural(readings.length, 'reading')} at ${visible(api.url)}\n`);
}
