/**
 * Whether code that compiled against the types of one schema compiles against those of another: decided by the compiler. Code is made
 * up that uses whatever the former types have; what compiles with them and not with the new ones is a witness.
 */
import type { ts } from '@ts-morph/common';
import { payloadTypesText } from '../../codegen/payload-types.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { hostOf, type Loaded, loadCompiler } from '../infer/compiler.ts';
import { readingSnippets } from './reads.ts';
import { declared, eventType, type Side, type Snippet, type Use } from './snippet.ts';
import { writingSnippets } from './writes.ts';

export interface TypeWitness {
  readonly use: Use;
  /** JSON pointer with `*` for every item and every name. */
  readonly place: string;
  /** A function that compiles with the former types alone. */
  readonly code: string;
  /** What the compiler says of it with the new ones. */
  readonly error: string;
}

export interface TypeVerdict {
  /** same: the types are the same text. compiles: nothing that was tried fails. breaks: each witness fails. */
  readonly verdict: 'same' | 'compiles' | 'breaks';
  /** Pieces of code that compile with the former types. */
  readonly tried: number;
  readonly witnesses: readonly TypeWitness[];
}

export type TypeVerdicts = Readonly<Record<Side, TypeVerdict>>;

/** `folder`: whose TypeScript is asked. Fault USAGE_INVALID where there is none. */
export function typeVerdicts(previous: SchemaDocument, next: SchemaDocument, folder: string): TypeVerdicts {
  const [before, after] = [payloadTypesText(previous, eventType), payloadTypesText(next, eventType)];
  if (before === after) return { reading: same, writing: same };
  const loaded = loadCompiler(folder, 'herald compare --types');
  const snippets = snippetsFor(loaded, before);
  const failedBefore = errorsOf(loaded, before, snippets);
  const tried = snippets.filter((snippet) => !failedBefore.has(snippet));
  const failedAfter = errorsOf(loaded, after, tried);
  return { reading: verdictOf('reading', tried, failedAfter), writing: verdictOf('writing', tried, failedAfter) };
}

const same: TypeVerdict = { verdict: 'same', tried: 0, witnesses: [] };

function verdictOf(side: Side, tried: readonly Snippet[], failed: ReadonlyMap<Snippet, string>): TypeVerdict {
  const own = tried.filter((snippet) => snippet.side === side);
  const broken = own.flatMap((snippet) => {
    const error = failed.get(snippet);
    const { use, place, code } = snippet;
    return error === undefined ? [] : [{ use, place, code, error }];
  });
  const witnesses = outermost(broken);
  return { verdict: witnesses.length > 0 ? 'breaks' : 'compiles', tried: own.length, witnesses };
}

/** One of each place, and none below a place that is broken itself: code cannot get there. */
function outermost(broken: readonly TypeWitness[]): readonly TypeWitness[] {
  const places = new Set(
    broken.filter(({ use }) => use !== 'exhaustive' && use !== 'compare').map(({ place }) => place),
  );
  const isBelow = (place: string) => {
    const segments = place.split('/');
    return segments.some((_, index) => index > 0 && places.has(segments.slice(0, index).join('/')));
  };
  const first = new Map<string, TypeWitness>();
  for (const witness of broken)
    if (!isBelow(witness.place) && !first.has(`${witness.use} ${witness.place}`))
      first.set(`${witness.use} ${witness.place}`, witness);
  return [...first.values()];
}

const fileName = '/herald/event.ts';

function snippetsFor(loaded: Loaded, types: string): readonly Snippet[] {
  const { program, file } = programOf(loaded, types);
  const checker = program.getTypeChecker();
  const declaration = file.statements.find(
    (one): one is ts.TypeAliasDeclaration => loaded.compiler.isTypeAliasDeclaration(one) && one.name.text === eventType,
  );
  if (declaration === undefined) throw new Error(`the generated types declare no ${eventType}`);
  const event = checker.getTypeAtLocation(declaration.name);
  const asked = { compiler: loaded.compiler, checker };
  return [...readingSnippets(asked, event), ...writingSnippets(asked, event)];
}

/** The first error of each snippet that has one. */
function errorsOf(loaded: Loaded, types: string, snippets: readonly Snippet[]): ReadonlyMap<Snippet, string> {
  const starts: number[] = [];
  let text = `${types}\n`;
  for (const [index, snippet] of snippets.entries()) {
    starts.push(text.length);
    text += `${declared(snippet, index)}\n`;
  }
  const { program, file } = programOf(loaded, text);
  const errors = new Map<Snippet, string>();
  const all = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  for (const { start = 0, messageText } of all) {
    const snippet = snippets[starts.findLastIndex((from) => from <= start)];
    if (snippet !== undefined && !errors.has(snippet))
      errors.set(snippet, loaded.compiler.flattenDiagnosticMessageText(messageText, '\n').split('\n')[0]!);
  }
  return errors;
}

function programOf(loaded: Loaded, text: string): { readonly program: ts.Program; readonly file: ts.SourceFile } {
  const { compiler } = loaded;
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: compiler.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    types: [],
  };
  const host = hostOf(loaded, options);
  const own: ts.CompilerHost = {
    ...host,
    fileExists: (name) => name === fileName || host.fileExists(name),
    readFile: (name) => (name === fileName ? text : host.readFile(name)),
    getSourceFile: (name, version, ...more) =>
      name === fileName
        ? compiler.createSourceFile(name, text, version, true)
        : host.getSourceFile(name, version, ...more),
  };
  const program = compiler.createProgram({ rootNames: [fileName], options, host: own });
  const file = program.getSourceFile(fileName);
  if (file === undefined) throw new Error('the compiler lost its file');
  return { program, file };
}
