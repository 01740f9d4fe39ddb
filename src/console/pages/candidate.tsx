/** A schema that somebody pastes, held against an event's history; kept for a while where a link to it is wanted. */
import type { Child } from 'hono/jsx';
import type { Report } from '../../check/report.ts';
import { candidateDays, findCandidate, keepCandidate } from '../../registry/governance/candidates.ts';
import type { CandidateRecord } from '../../registry/records.ts';
import { candidateOf } from '../../registry/versions/candidate.ts';
import { checkCandidate } from '../../registry/versions/check.ts';
import { addDays } from '../../schema/duration.ts';
import { type Change, candidateChange } from '../change.ts';
import { confirmed } from '../confirmed.ts';
import { recentVersions, sourceOf } from '../history.ts';
import type { Asked, Page, Shown } from '../page.ts';
import { Crumbs } from '../parts/catalog-head.tsx';
import { PostForm, Refused } from '../parts/form.tsx';
import { ReportBody } from '../parts/report.tsx';
import { consumersOf } from './compare.tsx';

const atOf = ({ params }: Asked) => ({ catalog: params.catalog ?? '', subject: params.subject ?? '' });

export const candidatePage: Page = {
  method: 'get',
  path: '/catalogs/:catalog/subjects/:subject/candidate',
  id: 'console.candidate',
  permission: 'read',
  render: async (asked) => {
    const at = atOf(asked);
    const { items } = await recentVersions(asked.context, at);
    const text = items[0] === undefined ? '' : sourceOf(items[0]);
    return {
      title: `Try a change of ${at.subject}`,
      section: 'catalogs',
      body: <Candidate asked={asked} text={text} />,
    };
  },
};

export const checkCandidatePage: Page = {
  method: 'post',
  path: '/catalogs/:catalog/subjects/:subject/candidate',
  id: 'console.checkCandidate',
  permission: 'read',
  render: async (asked) => {
    const { context, form, links } = asked;
    const at = atOf(asked);
    const text = form.get('schema') ?? '';
    if (form.get('keep') === undefined) return checkedPage(asked, text);
    return confirmed(
      async () => {
        const { id } = await keepCandidate(context, { ...at, text });
        return { to: links.candidate(at.catalog, at.subject, id) };
      },
      (refusal) => ({
        title: `Try a change of ${at.subject}`,
        section: 'catalogs',
        status: 422,
        body: <Candidate asked={asked} text={text} refusal={refusal} />,
      }),
    );
  },
};

export const keptCandidatePage: Page = {
  method: 'get',
  path: '/catalogs/:catalog/subjects/:subject/candidate/:candidate',
  id: 'console.keptCandidate',
  permission: 'read',
  render: async (asked) => {
    const kept = await findCandidate(asked.context, { ...atOf(asked), id: asked.params.candidate ?? '' });
    return checkedPage(asked, kept.text, kept);
  },
};

/** Held against the history as it is now: a link of last week says what registering would say today. */
async function checkedPage(asked: Asked, text: string, kept?: CandidateRecord): Promise<Shown> {
  const at = atOf(asked);
  const report = await checkCandidate(asked.context, await candidateOf(asked.context, at, text));
  const consumers = await consumersOf(asked, at);
  const change = await candidateChange(asked.context, at, text);
  return {
    title: `A change of ${at.subject}: ${report.verdict}`,
    section: 'catalogs',
    body: <Candidate asked={asked} text={text} result={{ report, consumers, change }} {...(kept && { kept })} />,
  };
}

interface CandidateProps {
  readonly asked: Asked;
  readonly text: string;
  readonly result?: {
    readonly report: Report;
    readonly consumers: readonly string[];
    readonly change: Change | undefined;
  };
  readonly kept?: CandidateRecord;
  readonly refusal?: string;
}

function Candidate({ asked, text, result, kept, refusal }: CandidateProps): Child {
  const { links, visitor } = asked;
  const { catalog, subject } = atOf(asked);
  return (
    <>
      <Crumbs links={links} catalog={catalog} subject={subject} here="try a change" />
      <h1>Try a change</h1>
      {kept ? (
        <Kept candidate={kept} />
      ) : (
        <p class="lead">What registering this schema would say. Nothing is stored.</p>
      )}
      <Refused refusal={refusal} />
      {result && <ReportBody {...result} text={text} />}
      <PostForm formToken={visitor.formToken} action={links.candidate(catalog, subject)}>
        <label>
          Schema <span class="hint">JSON, with its contract under x-contract</span>
          <textarea name="schema" spellcheck={false} rows={24}>
            {text}
          </textarea>
        </label>
        <p>
          <button class="main" type="submit">
            Check
          </button>{' '}
          <button type="submit" name="keep" value="yes">
            Check and keep for a link
          </button>{' '}
          <span class="muted">
            A kept schema is stored for {candidateDays} days, for everybody who may read this catalog.
          </span>
        </p>
      </PostForm>
    </>
  );
}

function Kept({ candidate: { author, createdAt } }: { readonly candidate: CandidateRecord }): Child {
  const day = createdAt.slice(0, 10);
  return (
    <p class="banner">
      Kept by {author} on {day}, held against the history as it is now. The address of this page is a link for everybody
      who may read this catalog, until {addDays(day, candidateDays)} unless many newer ones are kept.
    </p>
  );
}
