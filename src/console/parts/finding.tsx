/** One finding: what the edit did, whom it breaks, the event that proves it, how to do it compatibly. */
import type { Child } from 'hono/jsx';
import type { CheckFinding } from '../../check/report.ts';
import { applyPatch } from '../../compat/finding/patch.ts';
import type { Finding, Fix, Witness, World } from '../../compat/report.ts';
import type { Json } from '../../schema/json.ts';
import { Badge } from './badge.tsx';
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

export function FindingBlock(props: FindingContext & { readonly finding: Finding | CheckFinding }): Child {
  const { finding, world } = props;
  const breaks = finding.breaks?.[world] ?? [];
  const waiver = 'waiver' in finding ? finding.waiver : undefined;
  return (
    <article class={`finding ${finding.severity}`} id={`finding-${finding.fingerprint.slice(0, 12)}`}>
      <h3>
        <Badge word={finding.severity} /> {finding.message}
      </h3>
      <p class="muted">
        <code>{finding.rule}</code> at{' '}
        <code>{finding.instancePointer ?? `#${finding.nextPointer ?? finding.previousPointer ?? ''}`}</code>
      </p>
      {breaks.length > 0 && <Breaks breaks={breaks} consumers={props.consumers ?? []} />}
      {waiver && (
        <p class="banner ok">
          Permitted by {waiver.author} until {waiver.expires}: {waiver.reason}
        </p>
      )}
      {finding.witness && (
        <WitnessBlock witness={finding.witness} of={`${finding.rule} ${finding.fingerprint.slice(0, 6)}`} />
      )}
      {finding.hint !== undefined && <p>{finding.hint}</p>}
      {(finding.fixes ?? []).map((fix) => (
        <FixBlock fix={fix} next={props.next} />
      ))}
    </article>
  );
}

function Breaks(props: { readonly breaks: readonly string[]; readonly consumers: readonly string[] }): Child {
  return (
    <p>
      {props.breaks.includes('backward') && <Badge word="breaks stored events" tone="bad" />}{' '}
      {props.breaks.includes('forward') && <Badge word="breaks running consumers" tone="bad" />}{' '}
      {props.breaks.includes('forward') && props.consumers.length > 0 && (
        <span class="muted">{props.consumers.join(', ')}</span>
      )}
    </p>
  );
}

/** `of`: what it proves; names the region. */
export function WitnessBlock({ witness, of }: { readonly witness: Witness; readonly of: string }): Child {
  const { instancePointer, keyword, schemaPointer } = witness.rejection;
  return (
    <figure>
      <figcaption>
        For example this event, rejected at <code>{instancePointer === '' ? 'the event itself' : instancePointer}</code>{' '}
        by <code>{keyword}</code> <span class="muted">#{schemaPointer}</span>
      </figcaption>
      <Lines lines={eventLines(witness.value, instancePointer)} label={`An event that proves ${of}`} />
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
