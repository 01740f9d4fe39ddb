/** Writes generated files, or with `--check` says which of them are stale. Only names that are plain files below the folder. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface GeneratedFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly text: string;
}

export async function staleFiles(folder: string, files: readonly GeneratedFile[]): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const { path, text } of files) {
    const present = await readFile(join(folder, path), 'utf8').catch(() => undefined);
    if (present !== text) stale.push(path);
  }
  return stale;
}

/** Each file appears whole or not at all: written beside its place, then renamed. */
export async function writeFiles(folder: string, files: readonly GeneratedFile[]): Promise<void> {
  for (const { path, text } of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(`${target}.tmp`, text);
    await rename(`${target}.tmp`, target);
  }
}
