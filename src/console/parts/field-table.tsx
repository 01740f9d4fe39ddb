/** The fields of an event as a table: what a consumer's developer reads instead of the schema. */
import type { Child } from 'hono/jsx';
import type { FieldList, FieldRow } from '../fields.ts';
import { maxFieldRows } from '../fields.ts';
import { Badge, LevelBadge, Tags } from './badge.tsx';
import { Table } from './table.tsx';

export function FieldTable(props: {
  readonly list: FieldList;
  readonly levels: readonly string[];
  /** The version in which a field appeared, by its place in the event. */
  readonly since: ReadonlyMap<string, number>;
}): Child {
  const { rows, truncated } = props.list;
  return (
    <>
      <Table
        caption="Fields"
        head={['field', 'type', 'required', 'classification', 'since', 'meaning']}
        empty="This event declares no fields."
        rows={rows.map((row) => [
          <FieldName row={row} />,
          <FieldType row={row} />,
          row.required ? 'yes' : <span class="muted">no</span>,
          <>
            {row.classification !== undefined && <LevelBadge level={row.classification} levels={props.levels} />}{' '}
            <Tags tags={row.tags} />
          </>,
          props.since.has(row.instance) ? `v${props.since.get(row.instance)}` : '',
          <>
            {row.deprecated && <Badge word="deprecated" tone="warn" />} {row.description ?? ''}
          </>,
        ])}
      />
      {truncated && (
        <p class="muted">Only the first {maxFieldRows} fields are listed; the schema below has them all.</p>
      )}
    </>
  );
}

/** Indented by what holds it; the whole pointer is there for reading aloud and for searching the page. */
function FieldName({ row }: { readonly row: FieldRow }): Child {
  return (
    <code title={row.instance}>
      <span class="nest" aria-hidden="true">
        {'· '.repeat(row.depth)}
      </span>
      {row.name === '*' ? 'any element' : row.name}
    </code>
  );
}

function FieldType({ row }: { readonly row: FieldRow }): Child {
  return (
    <>
      <code>{row.type}</code>
      {row.constraints.length > 0 && <div class="muted">{row.constraints.join(', ')}</div>}
    </>
  );
}
