/** Runs definitions written in TypeScript or JavaScript. It is the user's own code. */
import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isArray, isObject, type Json } from '../../schema/json.ts';
import type { SourceFile } from './file.ts';
import { locateInTypeScript } from './typescript-places.ts';
import type { Flaw } from './unreadable.ts';

/** The module's default export, or why it cannot be had. */
export type Ran = { readonly exported: unknown } | { readonly flaws: readonly Flaw[] };
export type RunModule = (file: SourceFile) => Promise<Ran>;

/** `herald-registry` resolves to this very installation: what the file imports and what reads it are one version. */
export function moduleRunner(cwd: string): RunModule {
  let load: Promise<(file: SourceFile) => Promise<unknown>> | undefined;
  return async (file) => {
    load ??= loader(cwd);
    try {
      const exported = await (await load)(file);
      return { exported: (exported as { readonly default?: unknown }).default };
    } catch (error) {
      return notRun(error, file);
    }
  };
}

/** Loaded when the first module is met: most repositories have none. */
async function loader(cwd: string): Promise<(file: SourceFile) => Promise<unknown>> {
  const make = await jitiMaker();
  return async ({ path, text }) => {
    const filename = resolve(cwd, path);
    return make(dirname(filename)).evalModule(text, { filename, async: true });
  };
}

/** A loader for each folder: the tsconfig.json nearest to a module says what its `paths` are. */
async function jitiMaker() {
  const { createJiti } = await import('jiti');
  const own = import.meta.url.endsWith('.ts') ? '../../index.ts' : '../../index.js';
  const made = new Map<string, ReturnType<typeof createJiti>>();
  return (folder: string) => {
    const jiti =
      made.get(folder) ??
      createJiti(`${folder}/`, {
        interopDefault: false,
        moduleCache: false,
        tsconfigPaths: true,
        alias: { 'herald-registry': fileURLToPath(new URL(own, import.meta.url)) },
      });
    made.set(folder, jiti);
    return jiti;
  };
}

/** What a specifier in a file leads to, links followed; undefined for what is not found and for Node's own modules. */
export async function resolver(): Promise<(specifier: string, from: string) => string | undefined> {
  const make = await jitiMaker();
  return (specifier, from) => {
    const url = make(dirname(from)).esmResolve(specifier, { parentURL: pathToFileURL(from).href, try: true });
    return url?.startsWith('file:') ? realpathSync(fileURLToPath(url)) : undefined;
  };
}

/** Why a module has no definition: what was thrown while it was looked for or run. */
export function notRun(error: unknown, file: SourceFile): { readonly flaws: readonly Flaw[] } {
  return { flaws: flawsOf(error, file) };
}

function flawsOf(error: unknown, { path, text }: SourceFile): readonly Flaw[] {
  const details = (error as { readonly details?: Json } | null)?.details;
  const stated = isObject(details) && isArray(details.problems) ? details.problems : [];
  const locate = locateInTypeScript(text);
  // what defineEvent refuses; its class may be of another copy of this package
  const problems = stated.flatMap((problem) =>
    typeof problem === 'string' ? [{ place: locate(pointerIn(problem)), message: problem }] : [],
  );
  if (problems.length > 0) return problems;
  const said = error instanceof Error ? error.message : String(error);
  const [message = '', ...more] = said.split('\n');
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const name = path.slice(path.lastIndexOf('/') + 1).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const at = new RegExp(`${name}:(\\d+):(\\d+)`).exec(`${more.join('\n')}\n${stack}`) ?? /\((\d+):(\d+)\)/.exec(said);
  const place = at ? { line: Number(at[1]), column: Number(at[2]) } : { line: 1, column: 1 };
  return [{ place, message: `it cannot be run: ${message.replace(/\s*\(\d+:\d+\)$/, '')}` }];
}

/** `payload/lines/0/when: a Date …` is about a field of the payload; anything before a colon else about itself. */
function pointerIn(problem: string): string {
  const about = problem.split(':')[0] ?? '';
  if (!about.startsWith('payload')) return `/${about.split('.')[0]}`;
  const fields = about
    .slice('payload'.length)
    .split('/')
    .filter((part) => part !== '' && !/^(\d+|\*)$/.test(part));
  return fields.map((field) => `/properties/${field}`).join('') || '/payload';
}
