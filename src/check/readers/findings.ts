/** What is found about readers themselves: where they lead nowhere, contradict what is sent, or are broken beside the schema. */
import { leadsSomewhere } from '../../compat/reading/present.ts';
import { rejectedPlace, sampleRejection } from '../../compat/reading/samples.ts';
import type { FormatPolicy } from '../../compat/report.ts';
import { canonicalize } from '../../schema/canonical.ts';
import type { Catalog } from '../../schema/catalog.ts';
import type { Contract } from '../../schema/contract.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import type { BreakPolicy } from '../../schema/level.ts';
import { rejectionText } from '../../schema/rejection-text.ts';
import { findingFingerprint } from '../fingerprint.ts';
import type { CheckFinding } from '../report.ts';
import { personal } from './declaration.ts';
import { differencesOf } from './differences.ts';
import type { Reader } from './known.ts';
import { saysWhat } from './statement.ts';
import { brokenFields, type Judged } from './verdict.ts';

export interface About {
  readonly subject: string;
  readonly document: SchemaDocument;
  readonly latest: SchemaDocument | undefined;
  readonly formats: FormatPolicy;
  readonly policy: BreakPolicy;
  readonly catalog: Catalog;
  /** Of the event as a whole. */
  readonly classification: string | undefined;
  /** Whether the content is the latest version's again. */
  readonly isLatest: boolean;
}

export function readerFindings(judged: readonly Judged[], about: About, verdict: string): readonly CheckFinding[] {
  const found = judged.flatMap((one) => [
    ...unreadable(one.reader, about),
    ...idle(one.reader, about),
    ...nowhere(one.reader, about),
    ...already(one, about),
    ...sensitive(one.reader, about),
    ...samples(one.reader, about),
    ...statementsDiffer(one.reader, about),
    ...(verdict === 'compatible' ? broken(one, about) : []),
  ]);
  // statements may repeat each other
  return [...new Map(found.map((one) => [one.fingerprint, one] as const)).values()];
}

/** What a service reads is said once: of two rows one would count, and nobody could tell which. */
export function repeatedServices(subject: string, { consumers = [] }: Contract): readonly CheckFinding[] {
  const names = consumers.map(({ service }) => service);
  return consumers.flatMap(({ service }, index) => {
    if (names.indexOf(service) === index) return [];
    const params = { service };
    return [
      {
        kind: 'reader',
        rule: 'READER_DECLARED_TWICE',
        severity: 'error',
        message: `The contract names the consumer "${service}" twice.`,
        hint: 'Make one of the two: name it once, with all that it reads.',
        params,
        nextPointer: `/x-contract/consumers/${index}`,
        fingerprint: findingFingerprint('READER_DECLARED_TWICE', subject, '', params),
      },
    ];
  });
}

type Found = Pick<CheckFinding, 'rule' | 'severity' | 'message' | 'hint' | 'instancePointer' | 'witness'>;

function finding(
  { subject }: About,
  { service }: Reader,
  found: Found,
  params: Readonly<Record<string, Json>>,
): CheckFinding {
  const all = { service, ...params };
  const place = found.instancePointer ?? '';
  return {
    kind: 'reader',
    ...found,
    params: all,
    consumers: [service],
    fingerprint: findingFingerprint(found.rule, subject, place, all),
  };
}

function unreadable(reader: Reader, about: About): readonly CheckFinding[] {
  const hint = 'Until it is one, the reader is taken to read everything.';
  return reader.statements.flatMap(({ problem }) => {
    if (problem === undefined) return [];
    const message = `What ${reader.service} requires is no schema: ${problem}.`;
    return [finding(about, reader, { rule: 'READER_SCHEMA_INVALID', severity: 'error', message, hint }, {})];
  });
}

function idle(reader: Reader, about: About): readonly CheckFinding[] {
  const one = reader.statements.find(({ isIdle }) => isIdle);
  if (one === undefined) return [];
  const message = `What ${reader.service} requires accepts everything, and so says nothing of what it reads.`;
  const hint = `It is not counted${saysWhat(one) ? '' : ': the reader is taken to read everything'}. Who reads nothing states "reads": [].`;
  return [finding(about, reader, { rule: 'READER_REQUIRES_NOTHING', severity: 'warning', message, hint }, {})];
}

/** A file counts beside what is known where the version is registered, and not in its place. */
function statementsDiffer(reader: Reader, about: About): readonly CheckFinding[] {
  const files = reader.statements.filter(({ origin }) => origin === 'file');
  const known = reader.statements.filter(({ origin }) => origin !== 'file');
  if (files.length === 0 || known.length === 0) return [];
  const where = known.some(({ origin }) => origin === 'declared') ? 'to the registry' : 'in the contract';
  const differences = differencesOf(files, known);
  if (differences.length === 0) return [];
  return [
    finding(
      about,
      reader,
      {
        rule: 'READER_STATEMENTS_DIFFER',
        severity: 'warning',
        message: `What ${reader.service} reads is said in its file and ${where}, and the two differ: the file ${differences.join(', ')}.`,
        hint: 'All of it counts together. Publish the file (herald consume publish), or bring the contract into line.',
      },
      { differences },
    ),
  ];
}

/** Of an unchanged version nobody is told again. */
function nowhere(reader: Reader, about: About): readonly CheckFinding[] {
  const { latest, document, formats, isLatest } = about;
  const pointers = new Set(reader.statements.flatMap(({ reads = [] }) => reads));
  return [...pointers].flatMap((pointer) => {
    if (leadsSomewhere(document, pointer, formats)) return [];
    const was = latest !== undefined && !isLatest && leadsSomewhere(latest, pointer, formats);
    const params = { pointer };
    if (was)
      return [
        finding(
          about,
          reader,
          {
            rule: 'READER_FIELD_GONE',
            severity: 'warning',
            message: `${reader.service} reads ${pointer}, which no event carries from this version on.`,
            hint: 'Keep the field until its readers have moved, or let them say that they read it no more.',
            instancePointer: pointer,
          },
          params,
        ),
      ];
    return [
      finding(
        about,
        reader,
        {
          rule: 'READER_FIELD_UNKNOWN',
          severity: 'warning',
          message: `${reader.service} reads ${pointer}, where no event has anything.`,
          hint: 'Mend the pointer: "*" stands for any item of a list and any name.',
          instancePointer: pointer,
        },
        params,
      ),
    ];
  });
}

function already({ reader, already: witness }: Judged, about: About): readonly CheckFinding[] {
  if (witness === undefined) return [];
  return [
    finding(
      about,
      reader,
      {
        rule: 'READER_ALREADY_REJECTS',
        severity: 'warning',
        message: `What ${reader.service} requires rejects events that are sent already: this change is not to blame.`,
        hint: 'Only what this change makes worse counts against it. Let the reader require less.',
        witness,
      },
      {},
    ),
  ];
}

/** What stands in a contract is kept as long as the version is; what this change takes out of it is not told again. */
function sensitive(reader: Reader, about: About): readonly CheckFinding[] {
  const kept = reader.statements.filter(
    ({ origin, isBefore }) => (origin === 'contract' && !isBefore) || origin === 'declared',
  );
  return kept.flatMap((statement) =>
    personal(statement, about).map(({ pointer, message }) =>
      finding(
        about,
        reader,
        {
          rule: 'READER_SAMPLE_SENSITIVE',
          // what a service declared does not hold its producer up, who may only now have found out what the field is
          severity: statement.origin === 'contract' ? 'error' : 'warning',
          message: `A recorded event of ${reader.service} (${pointer}) ${message}.`,
          hint: 'Leave the field out, or say in catalog.json with "samples" up to which level they may be kept.',
        },
        { pointer },
      ),
    ),
  );
}

function samples(reader: Reader, about: About): readonly CheckFinding[] {
  const all = reader.statements.flatMap(({ samples, sampleNames, reads }) =>
    samples.map((sample, index) => ({ sample, reads, name: sampleNames?.[index] })),
  );
  const events = new Map(all.map((one) => [canonicalize([one.sample, ...(one.reads ?? [])]), one]));
  return [...events.values()].flatMap(({ sample, reads, name }, index) => {
    const rejection = sampleRejection(about.document, reads, sample, about.formats);
    if (rejection === undefined) return [];
    const place = rejectedPlace(rejection);
    return [
      finding(
        about,
        reader,
        {
          rule: 'READER_SAMPLE_REJECTED',
          severity: severityFor(reader, about.policy),
          message: `${reader.service} can read its recorded event (${name ?? `sample ${index + 1}`}) no more: ${place || 'the event'} ${rejectionText(rejection)}.`,
          hint: 'Keep the event valid, or let the reader take the sample out.',
          instancePointer: place,
        },
        { sample: index + 1, keyword: rejection.keyword },
      ),
    ];
  });
}

/** A reader that demands more than the schema says breaks where the schema does not. */
function broken({ reader, report }: Judged, about: About): readonly CheckFinding[] {
  if (report.verdict !== 'incompatible') return [];
  const fields = brokenFields(report);
  const where = fields.filter((field) => field !== '');
  const witness = report.worlds.closed.forward.witness ?? report.worlds.open.forward.witness;
  return [
    finding(
      about,
      reader,
      {
        rule: 'READER_BREAKS',
        severity: severityFor(reader, about.policy),
        message: `${reader.service} breaks${where.length > 0 ? ` on ${where.join(', ')}` : ''}: events may come that it rejects, although the schema’s change is compatible.`,
        hint: 'The reader requires more than the schema did.',
        instancePointer: fields[0] ?? '',
        ...(witness && { witness }),
      },
      {},
    ),
  ];
}

function severityFor({ critical }: Reader, policy: BreakPolicy): CheckFinding['severity'] {
  return critical || policy !== 'critical-readers' ? 'error' : 'warning';
}
