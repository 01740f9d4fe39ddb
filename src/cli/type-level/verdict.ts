/**
 * Whether code that compiled against the types of one schema compiles against those of another: decided by the compiler. Code is made
 * up that uses whatever the former types have; what compiles with them and not with the new ones is a witness.
 */
import type { ts } from '@ts-morph/common';
import { payloadTypesText } from '../../codegen/payload-types.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { hostOf, type Loaded } from '../infer/compiler.ts';
import { readingSnippets } from './reads.ts';
import { declared, eventType, type Side, type Snippet, type Snippets, type Use } from './snippet.ts';
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
  /** same: the types are the same text. compiles: nothing that was tried fails. breaks: each witness fails. untried: no code could be made up. */
  readonly verdict: 'same' | 'compiles' | 'breaks' | 'untried';
  /** Pieces of code that compile with the former types. */
  readonly tried: number;
  /** Whether a large event has more uses than were tried. */
  readonly isCut?: true;
  readonly witnesses: readonly TypeWitness[];
}

export type TypeVerdicts = Readonly<Record<Side, TypeVerdict>>;

/** Asked one pair after another, it reads the language's library once. */
export function typeVerdicts(previous: SchemaDocument, next: SchemaDocument, loaded: Loaded): TypeVerdicts {
  const [before, after] = [payloadTypesText(previous, eventType), payloadTypesText(next, eventType)];
  if (before === after) return { reading: same, writing: same };
  const { reading, writing } = snippetsFor(loaded, before);
  const made = [...reading.made, ...writing.made];
  const failedBefore = errorsOf(loaded, before, made);
  const tried = made.filter((snippet) => !failedBefore.has(snippet));
  const failedAfter = errorsOf(loaded, after, tried);
  const of = (side: Side, { isCut }: Snippets) =>
    verdictOf(
      tried.filter((one) => one.side === side),
      isCut,
      failedAfter,
    );
  return { reading: of('reading', reading), writing: of('writing', writing) };
}

const same: TypeVerdict = { verdict: 'same', tried: 0, witnesses: [] };

function verdictOf(tried: readonly Snippet[], isCut: boolean, failed: ReadonlyMap<Snippet, string>): TypeVerdict {
  const broken = tried.flatMap((snippet) => {
    const error = failed.get(snippet);
    const { use, place, code } = snippet;
    return error === undefined ? [] : [{ use, place, code, error }];
  });
  const witnesses = outermost(broken);
  const passed = tried.length > 0 ? 'compiles' : 'untried';
  return {
    verdict: witnesses.length > 0 ? 'breaks' : passed,
    tried: tried.length,
    ...(isCut && { isCut }),
    witnesses,
  };
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

function snippetsFor(loaded: Loaded, types: string): Readonly<Record<Side, Snippets>> {
  const { program, file } = programOf(loaded, types);
  const checker = program.getTypeChecker();
  const declaration = file.statements.find(
    (one): one is ts.TypeAliasDeclaration => loaded.compiler.isTypeAliasDeclaration(one) && one.name.text === eventType,
  );
  if (declaration === undefined) throw new Error(`the generated types declare no ${eventType}`);
  const event = checker.getTypeAtLocation(declaration.name);
  const asked = { compiler: loaded.compiler, checker };
  return { reading: readingSnippets(asked, event), writing: writingSnippets(asked, event) };
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

/** What the compiler reads beside the code, which never changes. */
const libraries = new WeakMap<Loaded, Map<string, ts.SourceFile>>();

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
  const library = libraries.get(loaded) ?? new Map<string, ts.SourceFile>();
  libraries.set(loaded, library);
  const own: ts.CompilerHost = {
    ...host,
    fileExists: (name) => name === fileName || host.fileExists(name),
    readFile: (name) => (name === fileName ? text : host.readFile(name)),
    getSourceFile: (name, version, ...more) => {
      if (name === fileName) return compiler.createSourceFile(name, text, version, true);
      const known = library.get(name) ?? host.getSourceFile(name, version, ...more);
      if (known) library.set(name, known);
      return known;
    },
  };
  const program = compiler.createProgram({ rootNames: [fileName], options, host: own });
  const file = program.getSourceFile(fileName);
  if (file === undefined) throw new Error('the compiler lost its file');
  return { program, file };
}
