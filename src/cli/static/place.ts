/** Where pages are written: a folder that a web server hands out, or a bucket. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../../errors.ts';
import { type S3Bucket, s3Bucket } from '../../events/index.ts';
import type { StatedPlace } from '../events/place.ts';
import { refuse } from '../events/source.ts';
import type { Page } from './pages.ts';

export interface Content {
  readonly text: string;
  readonly mediaType: string;
}

export interface StaticPlace {
  /** For people. */
  readonly shown: string;
  /** In place of what is there; a page that was not written to its end is not there. */
  write(page: Page, content: Content): Promise<void>;
  remove(page: Page): Promise<void>;
  /** The text that was kept under this name; undefined where there is none. */
  recall(name: string): Promise<string | undefined>;
  keep(name: string, text: string): Promise<void>;
}

/** A folder cannot hold a file and a folder of one name: what has paths below it is the `index.json` of its folder. */
export const folderIndex = 'index.json';

export function staticPlace({ where, s3 }: StatedPlace): StaticPlace {
  return s3 === undefined ? folder(where) : bucket(s3Bucket(where, s3));
}

function folder(root: string): StaticPlace {
  const fileOf = ({ path, hasPathsBelow }: Page) =>
    join(root, ...segmentsOf(path), ...(hasPathsBelow ? [folderIndex] : []));
  const replace = async (file: string, text: string) => {
    const unfinished = `${file}.unfinished`;
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(unfinished, text);
      await rename(unfinished, file);
    } catch (cause) {
      throw unwritable(root, cause);
    }
  };
  return {
    shown: root,
    write: (page, { text }) => replace(fileOf(page), text),
    remove: (page) => rm(fileOf(page), { force: true }),
    async recall(name) {
      try {
        return await readFile(join(root, name), 'utf8');
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw unwritable(root, cause);
      }
    },
    keep: (name, text) => replace(join(root, name), text),
  };
}

function unwritable(root: string, cause: unknown): Fault {
  const why = cause instanceof Error ? (cause.message.split(',')[0] ?? '') : '';
  return new Fault('INPUT_UNREADABLE', { file: root }, { message: `${root} cannot be written: ${why}.`, cause });
}

function bucket({ shown, write, read, remove }: S3Bucket): StaticPlace {
  const nameOf = ({ path }: Page) => segmentsOf(path).join('/');
  return {
    shown,
    write: (page, { text, mediaType }) =>
      write(nameOf(page), text, { 'content-type': mediaType, 'cache-control': page.cacheControl }).catch(refuse),
    remove: (page) => remove(nameOf(page)).catch(refuse),
    recall: (name) => read(name).catch(refuse),
    keep: (name, text) =>
      write(name, text, { 'content-type': 'application/json', 'cache-control': 'no-store' }).catch(refuse),
  };
}

/** As a web server finds them, which decodes what it is asked for. Names of the registry hold no slash; two of them mean folders. */
function segmentsOf(path: string): readonly string[] {
  const segments = path.slice(1).split('/').map(decodeURIComponent);
  const odd = segments.find((segment) => segment === '.' || segment === '..' || /[/\\\0]/.test(segment));
  if (odd === undefined) return segments;
  throw new Fault('INPUT_UNREADABLE', { path }, { message: `"${odd}" cannot be the name of a file.` });
}
