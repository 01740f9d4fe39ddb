/** An archive in a folder, which is made where it is missing. */
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EventFault } from '../error.ts';
import type { ArchivePlace } from './place.ts';

export function folderPlace(folder: string): ArchivePlace {
  return {
    shown: folder,
    async write(name, content) {
      await mkdir(folder, { recursive: true });
      const path = join(folder, name);
      const unfinished = `${path}.unfinished`;
      try {
        await filled(unfinished, content);
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },
    async read(name) {
      const file = await open(join(folder, name)).catch((cause: unknown) => {
        throw new EventFault('ARCHIVE_INVALID', { name }, { message: `${folder} holds no ${name}.`, cause });
      });
      return createReadStream('', { fd: file });
    },
  };
}

async function filled(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'w');
  try {
    for await (const part of content) await file.appendFile(part);
  } finally {
    await file.close();
  }
}
