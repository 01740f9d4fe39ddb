/** Two lists of fields, side by side: which came, which went, which differ. */
import type { Child } from 'hono/jsx';
import type { FieldRow } from '../fields.ts';
import { Badge } from './badge.tsx';
import { findingAnchor } from './finding-anchor.ts';
import type { PlacedFinding } from './json-diff.tsx';
import { Table } from './table.tsx';

export interface FieldChange {
  readonly instance: string;
  readonly kind: 'came' | 'went' | 'differs';
  readonly before?: string;
  readonly after?: string;
}

export function fieldChanges(before: readonly FieldRow[], after: readonly FieldRow[]): readonly FieldChange[] {
  const old = new Map(before.map((row) => [row.instance, textOf(row)]));
  const now = new Map(after.map((row) => [row.instance, textOf(row)]));
  const places = [...new Set([...now.keys(), ...old.keys()])];
  return places.flatMap((instance): FieldChange[] => {
    const [was, is] = [old.get(instance), now.get(instance)];
    if (was === is) return [];
    return [
      {
        instance,
        kind: was === undefined ? 'came' : is === undefined ? 'went' : 'differs',
        ...(was !== undefined && { before: was }),
        ...(is !== undefined && { after: is }),
      },
    ];
  });
}

function textOf({ type, required, constraints, classification, tags, deprecated }: FieldRow): string {
  return [
    type,
    required ? 'required' : 'optional',
    ...constraints,
    classification ?? '',
    ...tags,
    deprecated ? 'deprecated' : '',
  ]
    .filter(Boolean)
    .join(', ');
}

const tones = { came: 'ok', went: 'bad', differs: 'warn' } as const;

export function FieldChanges(props: {
  readonly changes: readonly FieldChange[];
  readonly findings: readonly (PlacedFinding & { readonly instancePointer?: string })[];
}): Child {
  const { changes, findings } = props;
  return (
    <Table
      caption="Fields that came, went or differ"
      head={['field', 'change', 'before', 'after', 'findings']}
      empty="Every field is as it was."
      rows={changes.map(({ instance, kind, before, after }) => [
        <code>{instance}</code>,
        <Badge word={kind} tone={tones[kind]} />,
        before ?? '',
        after ?? '',
        findings
          .filter(({ instancePointer }) => instancePointer === instance)
          .map((finding) => (
            <div>
              <a class={`note ${finding.severity}`} href={`#${findingAnchor(finding)}`}>
                {finding.rule}
              </a>
            </div>
          )),
      ])}
    />
  );
}
