import { Fault } from '../../errors.ts';
import { registryApi, registryOption } from '../api.ts';
import { type Command, type ExitCode, type Input, text } from '../command.ts';
import type { Io } from '../io.ts';
import { visible } from '../output/visible.ts';
import { folderTree } from '../source/folder.ts';
import { moduleRunner } from '../source/module.ts';
import { namedPaths } from '../source/paths.ts';
import { surveyWorkspace } from '../source/workspace.ts';
import { removeFromFile, waiversPath } from '../waivers/file-waivers.ts';
import { type RegistryWaiver, registryWaivers } from '../waivers/registry-waivers.ts';

export const command: Command = {
  name: 'waivers',
  summary: 'lists waivers, or withdraws one',
  usage: 'list | withdraw ID [--catalog NAME] [--registry URL]',
  takes: [1, 2],
  options: {
    catalog: { type: 'string', short: 'c', value: 'NAME', summary: 'List those of one catalog.' },
    registry: { ...registryOption, summary: 'Those of this registry; else those of the waivers.json files here.' },
  },
  examples: ['herald waivers list', 'herald waivers withdraw 6f1c… --registry https://herald.example'],
  async run(input, io) {
    const [action, id, ...more] = input.positionals;
    if (action === 'list' && id === undefined) return list(input, io);
    if (action === 'withdraw' && id !== undefined && more.length === 0) return withdraw(id, input, io);
    throw new Fault('USAGE_INVALID', {}, { message: 'Write "herald waivers list" or "herald waivers withdraw ID".' });
  },
};

async function list(input: Input, io: Io): Promise<ExitCode> {
  const catalog = text(input, 'catalog');
  const today = new Date(io.now()).toISOString().slice(0, 10);
  const rows =
    text(input, 'registry') === undefined ? await inFiles(io) : await registryWaivers(registryApi(input, io), catalog);
  const shown = rows.filter((row) => catalog === undefined || row.catalog === catalog);
  for (const { id, catalog: of, subject, fingerprint, author, reason, expires } of shown) {
    const state = expires < today ? `expired ${expires}` : `until ${expires}`;
    io.out(visible(`${id}  ${of}/${subject}  ${state}  ${author}: ${reason}  ${fingerprint}`));
    io.out('\n');
  }
  if (shown.length === 0) io.out('No waivers.\n');
  return 0;
}

/** In a file a waiver is known by the fingerprint it is for. */
async function inFiles(io: Io): Promise<readonly RegistryWaiver[]> {
  const collections = await collectionsHere(io);
  return collections.flatMap(({ catalog, waivers }) =>
    waivers.map((waiver) => ({ ...waiver, id: waiver.fingerprint.slice(0, 12), catalog: catalog.name })),
  );
}

async function collectionsHere(io: Io) {
  const tree = folderTree(io.cwd, 'the working folder');
  return surveyWorkspace(tree, await namedPaths(io, []), moduleRunner(io.cwd));
}

async function withdraw(id: string, input: Input, io: Io): Promise<ExitCode> {
  if (text(input, 'registry') !== undefined) {
    await registryApi(input, io).call('DELETE', `/v1/waivers/${encodeURIComponent(id)}`);
    io.out(`${visible(id)} lets nothing pass any more.\n`);
    return 0;
  }
  for (const { folder, waivers } of await collectionsHere(io)) {
    const found = waivers.find(({ fingerprint }) => fingerprint === id || fingerprint.slice(0, 12) === id);
    if (folder === undefined || !found) continue;
    await removeFromFile(waiversPath(io.cwd, folder), found.fingerprint);
    io.out(`wrote ${folder}/waivers.json without it.\n`);
    return 0;
  }
  throw new Fault('WAIVER_NOT_FOUND', { id }, { message: `No waivers.json here has a waiver "${id}".` });
}
