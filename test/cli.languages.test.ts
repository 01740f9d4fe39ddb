/** Types in other languages: what quicktype-core makes of an event, and what is said without it. */
import { expect, it, vi } from 'vitest';
import { languageFiles } from '../src/cli/generate/languages.ts';
import type { ArtifactInput } from '../src/codegen/input.ts';
import { catalogFolder } from './support/catalogs.ts';

async function inputs(): Promise<readonly ArtifactInput[]> {
  const { catalog, events } = await catalogFolder('message-patterns');
  return events.map((event) => ({ catalog, ...event }));
}

const folderOf = (subject: string) => `shop/${subject}`;

it('writes one file for each language, the same bytes again, with the names of the wire', async () => {
  const files = await languageFiles(await inputs(), ['go', 'python'], folderOf);
  const folder = 'shop/workflow.instance.started.v1';
  expect(files.map(({ path }) => path)).toEqual([`${folder}/types.go`, `${folder}/types.py`]);
  expect(files[0]?.text).toContain('type WorkflowInstanceStartedV1 struct');
  expect(files[0]?.text).toContain('`json:"instance_id"`');
  expect(files[1]?.text).toContain('class WorkflowInstanceStartedV1');
  expect(await languageFiles(await inputs(), ['go', 'python'], folderOf)).toEqual(files);
}, 60_000);

it('says which languages there are, and what to install where it is not', async () => {
  await expect(languageFiles(await inputs(), ['cobol'], folderOf)).rejects.toThrow(
    /no language "cobol"; there are .*go/,
  );
  vi.doMock('quicktype-core', () => {
    throw new Error('Cannot find package');
  });
  await expect(languageFiles(await inputs(), ['go'], folderOf)).rejects.toThrow(
    'npm install --save-dev quicktype-core',
  );
  vi.doUnmock('quicktype-core');
  expect(await languageFiles(await inputs(), [], folderOf)).toEqual([]);
}, 60_000);
