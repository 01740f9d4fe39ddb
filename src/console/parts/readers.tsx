/** Who breaks: what a change does to each reader that is known, and on which field. */
import type { Child } from 'hono/jsx';
import type { ReaderReport, Report } from '../../check/report.ts';
import { directions, worlds } from '../../compat/report.ts';
import { Badge } from './badge.tsx';
import { Table } from './table.tsx';

const maxReaders = 100;
const maxFields = 20;

export function Readers({ report }: { readonly report: Report }): Child {
  const { readers = [], verdict } = report;
  const broken = readers.filter((one) => one.verdict !== 'compatible');
  if (readers.length === 0 || (verdict === 'compatible' && broken.length === 0)) return null;
  const sorted = [...broken, ...readers.filter((one) => !broken.includes(one))];
  return (
    <>
      <h2>Who breaks</h2>
      <Table
        head={['reader', 'verdict', 'on', 'reads']}
        empty="No reader is known."
        rows={sorted
          .slice(0, maxReaders)
          .map((one) => [one.service, <Badge word={one.verdict} />, <Places reader={one} />, readsText(one)])}
      />
    </>
  );
}

function Places({ reader }: { readonly reader: ReaderReport }): Child {
  const fields = brokenFields(reader).slice(0, maxFields);
  return (
    <>
      {fields.map((field) => (
        <code>{field === '' ? 'the event itself' : field} </code>
      ))}
      {reader.excused !== undefined && <div class="muted">It does not count: {reader.excused}.</div>}
    </>
  );
}

function brokenFields({ worlds: found }: ReaderReport): readonly string[] {
  const all = worlds.flatMap((world) => directions.flatMap((direction) => found[world][direction].fields ?? []));
  return [...new Set(all)];
}

const words: Readonly<Record<ReaderReport['reading'], string>> = {
  everything: 'everything, as far as is known',
  fields: 'the fields it names',
  schema: 'by a schema of its own',
  samples: 'the fields of its recorded events',
};

function readsText({ reading, whole, ties = [], critical }: ReaderReport): string {
  const parts = [
    words[reading],
    ...(critical ? ['critical'] : []),
    ...(whole === undefined ? [] : [`taken to read everything: ${whole}`]),
    ...ties.slice(0, maxFields).map(({ place, keyword }) => `${place || 'the event itself'} with it, by ${keyword}`),
  ];
  return parts.join('; ');
}
