/** TypeScript's own view of a project: its compiler is the project's, else an optional peer, loaded when it is asked for. */
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import type { ts } from '@ts-morph/common';
import { Fault } from '../../errors.ts';

export type Compiler = typeof ts;

export interface Project {
  readonly compiler: Compiler;
  readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
  /** How a file is called in messages. */
  nameOf(file: ts.SourceFile): string;
}

/** `cwd`: what messages name files from. `config`: its `tsconfig.json`. A project that does not compile is refused: its types say nothing. */
export function openProject(cwd: string, config: string): Project {
  const path = resolve(cwd, config);
  const loaded = loadCompiler(dirname(path), 'herald consume infer');
  const { compiler } = loaded;
  const read = compiler.readConfigFile(path, compiler.sys.readFile);
  if (read.error) throw unreadable(config, compiler.flattenDiagnosticMessageText(read.error.messageText, '\n'));
  const parsed = compiler.parseJsonConfigFileContent(read.config, compiler.sys, dirname(path));
  const [first] = parsed.errors;
  if (first) throw unreadable(config, compiler.flattenDiagnosticMessageText(first.messageText, '\n'));
  const options = { ...parsed.options, noEmit: true };
  const program = compiler.createProgram({
    rootNames: parsed.fileNames,
    options,
    host: hostOf(loaded, options),
    ...(parsed.projectReferences && { projectReferences: parsed.projectReferences }),
  });
  const nameOf = (file: ts.SourceFile) => relative(cwd, file.fileName);
  const errors = compiler
    .getPreEmitDiagnostics(program)
    .filter(({ category }) => category === compiler.DiagnosticCategory.Error);
  if (errors.length > 0) throw doesNotCompile(compiler, errors, nameOf);
  return { compiler, program, checker: program.getTypeChecker(), nameOf };
}

function unreadable(config: string, why: string): Fault {
  return new Fault('INPUT_UNREADABLE', { file: config }, { message: `${config} cannot be read: ${why}` });
}

const shown = 5;

function doesNotCompile(compiler: Compiler, errors: readonly ts.Diagnostic[], nameOf: Project['nameOf']): Fault {
  const lines = errors.slice(0, shown).map(({ file, start = 0, messageText }) => {
    const text = compiler.flattenDiagnosticMessageText(messageText, ' ');
    return file ? `  ${nameOf(file)}:${file.getLineAndCharacterOfPosition(start).line + 1} ${text}` : `  ${text}`;
  });
  const more = errors.length > shown ? [`  and ${errors.length - shown} more`] : [];
  const message = ['The project does not compile, so what its code reads cannot be told:', ...lines, ...more].join(
    '\n',
  );
  return new Fault('INPUT_UNREADABLE', {}, { message });
}

export interface Loaded {
  readonly compiler: Compiler;
  /** Of a compiler that has no files of its own: the declarations of the language's library, and where they would lie. */
  readonly library?: { readonly folder: string; readonly files: ReadonlyMap<string, string> };
}

/** TypeScript 7 is a native program without this interface: then `@ts-morph/common`, which brings a compiler that has it, is asked. */
export function loadCompiler(folder: string, command: string): Loaded {
  const inProject = createRequire(join(folder, 'package.json'));
  const [own] = required<Compiler>(inProject, 'typescript').filter(hasPrograms);
  if (own) return { compiler: own };
  const [bundled] = [inProject, createRequire(import.meta.url)].flatMap((require) =>
    required<Bundled>(require, '@ts-morph/common'),
  );
  if (bundled) {
    const root = bundled.libFolderInMemoryPath;
    const files = new Map(bundled.getLibFiles().map(({ fileName, text }) => [`${root}/${fileName}`, text]));
    return { compiler: bundled.ts, library: { folder: root, files } };
  }
  const message = `${command} needs a TypeScript compiler with an interface for programs: TypeScript 5 or 6 in the project, or @ts-morph/common beside TypeScript 7: npm install --save-dev @ts-morph/common`;
  throw new Fault('USAGE_INVALID', {}, { message });
}

type Bundled = Pick<typeof import('@ts-morph/common'), 'ts' | 'getLibFiles' | 'libFolderInMemoryPath'>;

function hasPrograms(compiler: Partial<Compiler>): boolean {
  return typeof compiler.createProgram === 'function';
}

function required<Module>(require: NodeJS.Require, name: string): readonly Module[] {
  try {
    return [require(name)];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return [];
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new Fault('INPUT_UNREADABLE', {}, { message: `The package ${name} cannot be loaded: ${why}`, cause: error });
  }
}

export function hostOf({ compiler, library }: Loaded, options: ts.CompilerOptions): ts.CompilerHost {
  const host = compiler.createCompilerHost(options, true);
  if (library === undefined) return host;
  const { folder, files } = library;
  return {
    ...host,
    getDefaultLibLocation: () => folder,
    getDefaultLibFileName: (asked) => `${folder}/${compiler.getDefaultLibFileName(asked)}`,
    fileExists: (file) => files.has(file) || host.fileExists(file),
    readFile: (file) => files.get(file) ?? host.readFile(file),
    getSourceFile: (file, version, ...more) => {
      const text = files.get(file);
      return text === undefined
        ? host.getSourceFile(file, version, ...more)
        : compiler.createSourceFile(file, text, version, true);
    },
  };
}
