/** `herald serve`: a registry in this process, until it is stopped. */
import { Fault } from '../../errors.ts';
import { registryApi } from '../api.ts';
import { type ExitCode, type Input, text } from '../command.ts';
import type { Io } from '../io.ts';
import { registerCollections, summary } from '../register/register-command.ts';
import { folderTree } from '../source/folder.ts';
import { moduleRunner } from '../source/module.ts';
import { namedPaths } from '../source/paths.ts';
import { readWorkspace } from '../source/workspace.ts';

export async function runServe(input: Input, io: Io): Promise<ExitCode> {
  const [{ readConfig }, { serve }] = await Promise.all([import('../../config.ts'), import('../../processes.ts')]);
  const flags = Object.fromEntries(
    ['port', 'host', 'data', 'database', 'processes'].flatMap((name) => {
      const value = text(input, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  // a person at a terminal reads what is printed; a machine reads the log
  const { LOG_LEVEL, LOG_FORMAT } = io.env;
  const forPeople = io.interactive && { LOG_LEVEL: LOG_LEVEL || 'warn', LOG_FORMAT: LOG_FORMAT || 'terminal' };
  const reading = readConfig({ ...io.env, ...forPeople }, flags);
  if (!reading.ok) {
    const problems = reading.problems.map(({ variable, message }) => ({ place: variable, message }));
    throw new Fault('CONFIG_INVALID', { problems }, { message: 'The registry cannot start with this configuration:' });
  }
  const stopped = io.stopped();
  const server = await serve(reading.config, { log: { write: io.err } });
  if (server.isFirst) await welcome(server.url, text(input, 'load'), stopped, io).finally(server.close);
  else await stopped.finally(server.close);
  return 0;
}

/** Prints the address and, on a terminal, what to try; loads what it was asked to, and waits to be stopped. */
async function welcome(url: string, load: string | undefined, stopped: Promise<void>, io: Io): Promise<void> {
  io.out(`Herald listens on ${url}\n`);
  const loaded = load === undefined ? Promise.resolve(true) : loadFolder(load, url, io).then(() => true);
  // asked to stop while loading: what was sent is finished, the rest is not begun
  if (await Promise.race([loaded, stopped.then(() => false)])) {
    if (io.interactive) io.out(suggestions(url, load !== undefined));
    await stopped;
    if (io.interactive) io.out('\nStopping: requests in progress are finished first.\n');
  } else loaded.catch(() => undefined);
}

async function loadFolder(path: string, url: string, io: Io): Promise<void> {
  const paths = await namedPaths(io, [path]);
  const collections = await readWorkspace(folderTree(io.cwd, 'the working folder'), paths, moduleRunner(io.cwd));
  const api = registryApi({ positionals: [], options: { registry: url } }, io);
  // a line for each version would hide the address under a hundred others
  const outcome = await registerCollections(api, collections, { ...io, out: () => undefined });
  io.out(`Loaded ${path}: ${summary(outcome)}\n`);
}

function suggestions(url: string, loaded: boolean): string {
  const subject = `${url}/v1/catalogs/choice-sherpa/subjects/session.created`;
  const tries = loaded
    ? [
        ['Look a schema up', `curl -s ${subject}/versions/latest`],
        [
          'Validate an event',
          `curl -s ${subject}/versions/latest/validate -H 'Content-Type: application/json' -d '{"session_id":"s-1"}'`,
        ],
        ['Take TypeScript types', `curl -s ${subject}/versions/1/artifacts/types.ts`],
        ['Who consumes what', `curl -s '${url}/v1/catalogs/choice-sherpa/matrix?format=markdown'`],
        [
          'Try a breaking change',
          `sed 's/"title": { "type": "string"/"title": { "type": "integer"/; s/"type": "string", "x-tags"/"type": "integer", "x-tags"/' schemas/choice-sherpa/session.created.json | curl -s ${subject}/versions -H 'Content-Type: application/schema+json' -d @-`,
        ],
      ]
    : [['Load a folder of schemas', `npx herald register schemas --registry ${url}`]];
  const lines = [...tries, ['Read the manual', `${url}/docs`]].map(([what, how]) => `  ${what}:\n    ${how}\n`);
  return `\nTry:\n${lines.join('')}\nStop it with Ctrl-C.\n`;
}
