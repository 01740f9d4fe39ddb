/** Contents of files, read through one process of git. */
import type { Io } from '../io.ts';
import { type Decoded, decode } from './decode.ts';
import { gitFault } from './git-ref.ts';

/** A file by the id of its content, or by a name git has for it, where nobody knows whether it is there. */
export type Asked = { readonly path: string } & ({ readonly id: string } | { readonly name: string });

/** By path, in the order they are asked for; without what is not there. What is `known` by its id is not read. */
export async function readBlobs(
  io: Io,
  asked: readonly Asked[],
  known: ReadonlyMap<string, Decoded>,
): Promise<ReadonlyMap<string, Decoded>> {
  const knownOf = (one: Asked) => ('id' in one ? known.get(one.id) : undefined);
  // one request a line: a name with a line break in it cannot be asked for
  const unknown = asked.filter((one) => knownOf(one) === undefined && !('name' in one && one.name.includes('\n')));
  const read = unknown.length > 0 ? await fromGit(io, unknown) : new Map<Asked, Decoded>();
  return new Map(
    asked.flatMap((one) => {
      const content = knownOf(one) ?? read.get(one);
      return content ? [[one.path, content] as const] : [];
    }),
  );
}

async function fromGit(io: Io, asked: readonly Asked[]): Promise<ReadonlyMap<Asked, Decoded>> {
  const found = new Map<Asked, Decoded>();
  const requests = asked.map((one) => `${'id' in one ? one.id : one.name}\n`).join('');
  const { code, stdout, stderr } = await io.git(['cat-file', '--batch'], requests);
  if (code !== 0) throw gitFault(`git cannot read what a commit has: ${stderr.trim()}`);
  let at = 0;
  for (const one of asked) {
    const end = stdout.indexOf(0x0a, at);
    const [, kind, size = '0'] = /^[0-9a-f]+ (\w+) (\d+)$/.exec(stdout.toString('utf8', at, end)) ?? [];
    at = end + 1;
    if (kind === undefined) {
      // a file that the commit lists and nobody could compare with would look like a new one
      if ('id' in one) throw gitFault(`git lists ${one.path} and has not its content: ${one.id}.`);
      continue;
    }
    if (kind === 'blob') found.set(one, decode(stdout.subarray(at, at + Number(size))));
    at += Number(size) + 1;
  }
  return found;
}
