/** What a check says of a document, and what the document changes: the answer, whom it breaks, the proofs, and the findings at their places. */
import type { Child } from 'hono/jsx';
import type { Report } from '../../check/report.ts';
import type { Finding } from '../../compat/report.ts';
import type { Json } from '../../schema/json.ts';
import type { Change } from '../change.ts';
import { FieldChanges } from './field-changes.tsx';
import { Findings } from './finding.tsx';
import { JsonDiff } from './json-diff.tsx';
import { Readers } from './readers.tsx';
import { Verdicts } from './worlds.tsx';

export function ReportBody(props: {
  readonly report: Report;
  readonly text: string;
  readonly consumers: readonly string[];
  readonly change?: Change | undefined;
}): Child {
  const { report, change } = props;
  const next = parsed(props.text);
  return (
    <section aria-label="Report">
      <GateBanner report={report} />
      <Verdicts worlds={report.worlds} world={report.world} level={report.level} />
      <Readers report={report} />
      <Findings
        findings={report.findings}
        world={report.world}
        consumers={props.consumers}
        {...(next !== undefined && { next })}
      />
      {report.findings.length === 0 && <p class="muted">No finding.</p>}
      {change && <Changes change={change} findings={report.findings} />}
    </section>
  );
}

function GateBanner({ report: { gate, same, label } }: { readonly report: Report }): Child {
  if (!gate.allowed) return <p class="banner bad">It would be refused: {gate.because}</p>;
  return (
    <p class="banner ok">
      {same === undefined ? `It would be registered as ${label}.` : `It is version ${same}, unchanged.`}
    </p>
  );
}

/** Field by field, and the text with the findings behind the lines they are about. */
export function Changes(props: {
  readonly change: Change;
  readonly findings: readonly (Pick<Finding, 'rule' | 'severity' | 'fingerprint'> &
    Partial<Pick<Finding, 'previousPointer' | 'nextPointer' | 'instancePointer'>>)[];
}): Child {
  const { before, after, fields } = props.change;
  return (
    <>
      <h2>Field by field</h2>
      <FieldChanges changes={fields} findings={props.findings} />
      <h2>Text</h2>
      <JsonDiff before={before} after={after} findings={props.findings} label="The schema, before and after" />
    </>
  );
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    // the report says what is wrong with the text
    return undefined;
  }
}
