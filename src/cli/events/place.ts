/** Where `--to` and `--archive` point: a folder, or `s3://bucket/prefix` with the variables that AWS' own tools read. */
import { resolve } from 'node:path';
import type { S3Access } from '../../events/index.ts';
import type { Io } from '../io.ts';
import { misused } from './misused.ts';

export interface StatedPlace {
  readonly where: string;
  readonly s3?: S3Access;
}

export function archivePlace(stated: string, option: string, { cwd, env }: Io): StatedPlace {
  if (stated.startsWith('s3://')) return { where: stated, s3: accessOf(stated, env) };
  if (/^[a-z0-9+.-]+:\/\//i.test(stated))
    throw misused(`${option} is a folder or s3://bucket/prefix, not "${stated}".`);
  return { where: resolve(cwd, stated) };
}

function accessOf(stated: string, env: Io['env']): S3Access {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (!accessKeyId || !secretAccessKey) throw misused(`${stated} needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`);
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  const endpoint = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL;
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken && { sessionToken }),
    ...(region && { region }),
    ...(endpoint && { endpoint }),
  };
}
