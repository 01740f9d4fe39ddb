import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '../../errors.ts';
import { registryApi, registryOption } from '../api.ts';
import { type Command, text } from '../command.ts';
import { plural } from '../output/plural.ts';
import { progress } from '../progress.ts';
import { confluentRegistry } from '../transfer/confluent-registry.ts';
import { copy, ownConfluent } from '../transfer/copy-command.ts';
import { registryLines } from '../transfer/registry-lines.ts';

export const command: Command = {
  name: 'export',
  summary: 'writes a whole registry to a file, for "herald import", or as files that answer look-ups',
  usage: '--out FILE|- | --static DIR|s3://… | --to-confluent URL [--registry URL]',
  takes: [0, 0],
  options: {
    out: { type: 'string', short: 'o', value: 'FILE', summary: 'Where to write; - for standard output.' },
    'to-confluent': {
      type: 'string',
      value: 'URL',
      summary: 'Copy what Confluent’s interface shows into another registry that speaks it.',
    },
    static: {
      type: 'string',
      value: 'DIR',
      summary:
        'Write what look-ups answer, for a web server or a CDN: a folder or s3://bucket/prefix. Again: what is new.',
    },
    registry: registryOption,
  },
  examples: [
    'herald export --out registry.ndjson',
    'herald export --out - | gzip > registry.ndjson.gz',
    'herald export --static public',
  ],
  async run(input, io) {
    const out = text(input, 'out');
    const destination = text(input, 'to-confluent');
    if (destination !== undefined)
      return copy(ownConfluent(registryApi(input, io).url, io), confluentRegistry(destination, io), io);
    const stated = text(input, 'static');
    if (stated !== undefined)
      return (await import('../static/static-command.ts')).copyStatic(registryApi(input, io), stated, io);
    if (out === undefined)
      throw new Fault(
        'USAGE_INVALID',
        {},
        {
          message:
            'Say where to write with --out FILE, or --out - for standard output; with --static DIR; or copy with --to-confluent URL.',
        },
      );
    const api = registryApi(input, io);
    const answer = await api.stream('/v1/export');
    const target = out === '-' ? standardOutput(io.out) : await fileAt(resolve(io.cwd, out), out);
    const bar = progress(io, 'Exporting');
    let lines = 0;
    try {
      for await (const { text: line, progress: at } of registryLines(answer, `the answer of ${api.url}`)) {
        await target.write(`${line}\n`);
        lines = at.place.line;
        bar.step(lines, at.total);
      }
      await target.keep();
    } finally {
      bar.done();
      await target.close();
    }
    io.err(
      `${plural(lines, 'line')} exported. Webhooks and tokens are not in it; "herald audit export" writes the audit log.\n`,
    );
    return 0;
  },
};

interface Target {
  write(text: string): Promise<unknown>;
  /** All of it is there. */
  keep(): Promise<void>;
  close(): Promise<void>;
}

function standardOutput(out: (text: string) => void): Target {
  return { write: async (text) => out(text), keep: async () => undefined, close: async () => undefined };
}

/** Under its name only once it is whole: half an export must not be taken for one. */
async function fileAt(path: string, shown: string): Promise<Target> {
  const draft = `${path}.partial`;
  const file = await open(draft, 'w', 0o600).catch((cause: unknown) => {
    throw new Fault('INPUT_UNREADABLE', { file: shown }, { message: `${shown} cannot be written.`, cause });
  });
  let whole = false;
  return {
    write: (text) => file.write(text),
    keep: async () => {
      await file.sync();
      whole = true;
    },
    close: async () => {
      await file.close();
      await (whole ? rename(draft, path) : rm(draft, { force: true }));
    },
  };
}
