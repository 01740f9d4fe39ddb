/** `herald export --static`: what it copies, and what it says of it. */
import { readFileSync } from 'node:fs';
import type { Api } from '../api.ts';
import type { ExitCode } from '../command.ts';
import { archivePlace } from '../events/place.ts';
import type { Io } from '../io.ts';
import { plural } from '../output/plural.ts';
import { visible } from '../output/visible.ts';
import { copyLookUps } from './copy.ts';
import { staticPlace } from './place.ts';

export async function copyStatic(api: Api, stated: string, io: Io): Promise<ExitCode> {
  const place = staticPlace(archivePlace(stated, '--static', io));
  const { subjects, unchanged, written, removed, refused } = await copyLookUps({
    api,
    place,
    release: release(),
    onSubject: (done) => {
      if (io.interactive) io.err(`\r\u001b[2KCopying ${plural(done, 'subject')}`);
    },
  }).finally(() => {
    if (io.interactive) io.err('\r\u001b[2K');
  });
  for (const path of refused)
    io.err(`herald: ${visible(path)} is left out: the registry found it too costly to make.\n`);
  const gone = removed === 0 ? '' : `, ${plural(removed, 'file')} removed`;
  io.err(
    `${plural(written, 'file')} written to ${visible(stated)}${gone}; ${plural(subjects, 'subject')}, ${unchanged} of them unchanged.\n`,
  );
  return 0;
}

function release(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return version;
}
