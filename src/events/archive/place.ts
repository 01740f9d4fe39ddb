/** Where an archive is kept: a folder, or a bucket. Rejects with EventFault and nothing else. */
import { resolve } from 'node:path';
import { EventFault } from '../error.ts';
import { folderPlace } from './folder.ts';
import { type S3Access, s3Place } from './s3.ts';

export interface ArchivePlace {
  /** For people: the folder, or `s3://bucket/prefix`. */
  readonly shown: string;
  /** In place of what is there under this name. A file that was not written to its end is not there. */
  write(name: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Rejects with ARCHIVE_INVALID where there is none. */
  read(name: string): Promise<AsyncIterable<Uint8Array>>;
}

/** A folder's path or `s3://bucket/prefix`, for which `s3` says who asks. */
export function placeOf(where: string | ArchivePlace, s3?: S3Access): ArchivePlace {
  if (typeof where !== 'string') return where;
  if (where.startsWith('s3://')) return s3Place(where, s3 ?? missing(where));
  if (!/^[a-z0-9+.-]+:\/\//i.test(where)) return folderPlace(resolve(where));
  const message = `Archives are kept in a folder or under s3://bucket/prefix, not at "${where}".`;
  throw new EventFault('OPTIONS_INVALID', { where }, { message });
}

function missing(where: string): never {
  const message = `${where} needs credentials: an access key and its secret.`;
  throw new EventFault('OPTIONS_INVALID', { where }, { message });
}
