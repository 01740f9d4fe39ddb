/** One finding: what the edit did, whom it breaks, the event that proves it, how to do it compatibly. */
import type { Child } from 'hono/jsx';
import type { CheckFinding } from '../../check/report.ts';
import { applyPatch } from '../../compat/finding/patch.ts';
import type { Finding, Fix, Witness, World } from '../../compat/report.ts';
import type { Json } from '../../schema/json.ts';
import { Badge } from './badge.tsx';
import { findingAnchor } from './finding-anchor.ts';
import { JsonDiff } from './json-diff.tsx';
import { eventLines, Lines } from './lines.tsx';

const maxHexDigits = 256;

export interface FindingContext {
  readonly world: World;
  /** What fixes are applied to; absent where the document is not at hand. */
  readonly next?: Json;
  /** Services known to consume the subject. */
  readonly consumers?: readonly string[];
}

/** Findings shown with their proof; the others in one line each, so that no page grows without bound. */
const maxBlocks = 25;
const maxLines = 200;

/** The gravest first. */
export function Findings(props: FindingContext & { readonly findings: readonly (Finding | CheckFinding)[] }): Child {
  const { findings, ...context } = props;
  const sorted = findings.toSorted((left, right) => weight[left.severity] - weight[right.severity]);
  const more = sorted.slice(maxBlocks);
  return (
    <>
      {sorted.slice(0, maxBlocks).map((finding) => (
        <FindingBlock finding={finding} {...context} />
      ))}
      {more.length > 0 && (
        <details>
          <summary>{more.length} more, without their proofs</summary>
          <ul>
            {more.slice(0, maxLines).map((finding) => (
              <li id={findingAnchor(finding)}>
                <Badge word={finding.severity} /> {finding.message.slice(0, maxMessageCharacters)}{' '}
                <code class="muted">{finding.rule}</code>
              </li>
            ))}
          </ul>
          {more.length > maxLines && <p class="muted">The JSON of the check lists the rest.</p>}
        </details>
      )}
    </>
  );
}

const weight: Readonly<Record<Finding['severity'], number>> = { error: 0, warning: 1, info: 2 };
const maxMessageCharacters = 300;

function FindingBlock(props: FindingContext & { readonly finding: Finding | CheckFinding }): Child {
  const { finding, world } = props;
  const breaks = finding.breaks?.[world] ?? [];
  const waiver = 'waiver' in finding ? finding.waiver : undefined;
  const against = 'against' in finding ? finding.against : undefined;
  return (
    <article class={`finding ${finding.severity}`} id={findingAnchor(finding)}>
      <h3>
        <Badge word={finding.severity} /> {finding.message}
      </h3>
      <div class="sides">
        <div>
          {breaks.length > 0 && <Breaks breaks={breaks} {...readersOf(props)} />}
          <p class="muted">
            <code>{finding.rule}</code> at{' '}
            <code>{finding.instancePointer || `#${finding.nextPointer ?? finding.previousPointer ?? ''}`}</code>
            {against !== undefined && `, held against version ${against}`}
          </p>
          {waiver && (
            <p class="banner ok">
              Permitted by {waiver.author} until {waiver.expires}: {waiver.reason}
            </p>
          )}
          {finding.hint !== undefined && <p>{finding.hint}</p>}
          {(finding.fixes ?? []).map((fix) => (
            <FixBlock fix={fix} next={props.next} />
          ))}
        </div>
        {finding.witness && (
          <WitnessBlock witness={finding.witness} of={`${finding.rule} ${finding.fingerprint.slice(0, 6)}`} />
        )}
      </div>
    </article>
  );
}

/** Of a check each break names its readers; of a comparison alone all are named that are known. */
function readersOf({ finding, consumers = [] }: FindingContext & { readonly finding: Finding | CheckFinding }) {
  if (!('consumers' in finding || 'unaffected' in finding)) return { consumers, unaffected: [] };
  return { consumers: finding.consumers ?? [], unaffected: finding.unaffected ?? [] };
}

function Breaks(props: {
  readonly breaks: readonly string[];
  readonly consumers: readonly string[];
  readonly unaffected: readonly string[];
}): Child {
  return (
    <p>
      {props.breaks.includes('backward') && <Badge word="breaks stored events" tone="bad" />}{' '}
      {props.breaks.includes('forward') && <Badge word="breaks running consumers" tone="bad" />}{' '}
      {props.consumers.length > 0 && <span class="muted">{props.consumers.join(', ')}</span>}
      {props.unaffected.length > 0 && <span class="muted">; not read by {props.unaffected.join(', ')}</span>}
    </p>
  );
}

/** `of`: what it proves; names the region. */
export function WitnessBlock({ witness, of }: { readonly witness: Witness; readonly of: string }): Child {
  const { instancePointer, keyword, schemaPointer, params } = witness.rejection;
  const missing = keyword === 'required' ? params?.missingProperty : undefined;
  const lines = eventLines(witness.value, instancePointer, typeof missing === 'string' ? missing : undefined);
  return (
    <figure>
      <figcaption>
        For example this event, rejected at <code>{instancePointer === '' ? 'the event itself' : instancePointer}</code>{' '}
        by <code>{keyword}</code> <span class="muted">#{schemaPointer}</span>
      </figcaption>
      <Lines lines={lines} label={`An event that proves ${of}`} />
      {witness.encoded !== undefined && (
        <p>
          As bytes <code class="bytes">{witness.encoded.slice(0, maxHexDigits)}</code>
          {witness.encoded.length > maxHexDigits && ` … ${witness.encoded.length / 2} bytes`}
        </p>
      )}
      <p class="muted">
        Confirmed by {witness.confirmedBy.join(' and ')}
        {witness.pathological && '; such an event is unlikely in practice'}.
      </p>
    </figure>
  );
}

/** The fix as a diff of the document; as a JSON Patch where the document is not at hand. */
function FixBlock({ fix, next }: { readonly fix: Fix; readonly next: Json | undefined }): Child {
  const fixed = next === undefined ? undefined : applyPatch(next, fix.patch);
  const tried = fix.tried === 'alone' ? 'checked' : 'checked with the other breaking edits taken back';
  return (
    <details>
      <summary>
        Fix, {tried}: {fix.title}
      </summary>
      {fixed === undefined || next === undefined ? (
        <pre>
          <code>{JSON.stringify(fix.patch, null, 2)}</code>
        </pre>
      ) : (
        <JsonDiff
          before={JSON.stringify(next, null, 2)}
          after={JSON.stringify(fixed, null, 2)}
          label={`${fix.title}, as a change of the schema`}
        />
      )}
    </details>
  );
}
