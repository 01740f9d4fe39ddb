/** Runs definitions written in TypeScript or JavaScript. It is the user's own code. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
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
      return { flaws: flawsOf(error, file) };
    }
  };
}

/** Loaded when the first module is met: most repositories have none. */
async function loader(cwd: string): Promise<(file: SourceFile) => Promise<unknown>> {
  const { createJiti } = await import('jiti');
  const own = import.meta.url.endsWith('.ts') ? '../../index.ts' : '../../index.js';
  const jiti = createJiti(`${cwd}/`, {
    interopDefault: false,
    moduleCache: false,
    alias: { 'herald-registry': fileURLToPath(new URL(own, import.meta.url)) },
  });
  return async ({ path, text }) => jiti.evalModule(text, { filename: resolve(cwd, path), async: true });
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
