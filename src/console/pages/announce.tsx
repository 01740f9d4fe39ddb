/** Announcing that an event will be replaced: the successor, the date, why, and what its consumers do. */
import type { Child } from 'hono/jsx';
import type { Caller } from '../../registry/caller.ts';
import { dayAfter } from '../../registry/context.ts';
import { announceDeprecation } from '../../registry/deprecation/announce.ts';
import { periodsOf } from '../../registry/deprecation/plan.ts';
import { catalogOf, findSubject, type SubjectKey } from '../../registry/versions/look-up.ts';
import { parseSubject } from '../../schema/subject.ts';
import { confirmed } from '../confirmed.ts';
import type { Asked, Page, Shown } from '../page.ts';
import { Crumbs } from '../parts/catalog-head.tsx';
import { PostForm, Refused } from '../parts/form.tsx';

const path = '/catalogs/:catalog/subjects/:subject/deprecation/new';

/** Whether the form is offered; whether this plan may be made, the verb decides. */
export function mayPlan({ can }: Caller, at: SubjectKey): boolean {
  return can('steward', at) || can('publish', at);
}

export const announceFormPage: Page = {
  method: 'get',
  path,
  id: 'console.announceForm',
  permission: 'read',
  render: (asked) => shown(asked),
};

export const announcePage: Page = {
  method: 'post',
  path,
  id: 'console.announce',
  permission: 'read',
  render: (asked) => {
    const { context, params, form, links } = asked;
    const at = { catalog: params.catalog ?? '', subject: params.subject ?? '' };
    const text = (name: string) => form.get(name)?.trim() ?? '';
    return confirmed(
      async () => {
        await announceDeprecation(context, {
          ...at,
          successor: text('successor'),
          sunset: text('sunset'),
          reason: text('reason'),
          migration: text('migration'),
        });
        return { to: links.plan(at.catalog, at.subject) };
      },
      (refusal) => shown(asked, refusal),
    );
  },
};

async function shown(asked: Asked, refusal?: string): Promise<Shown> {
  const { context, params, links, form, visitor } = asked;
  const at = { catalog: params.catalog ?? '', subject: params.subject ?? '' };
  const catalog = await catalogOf(context.store, at.catalog);
  await findSubject(context.store, at);
  const { notice } = periodsOf(catalog.rules);
  const next = parseSubject(at.subject);
  return {
    title: `Announce the deprecation of ${at.subject}`,
    section: 'deprecations',
    body: (
      <>
        <Crumbs links={links} catalog={at.catalog} subject={at.subject} here="announce a deprecation" />
        <h1>Announce a deprecation</h1>
        <p class="lead">
          {at.subject} goes on working until its sunset. From now on look-ups carry the date and the successor, and its
          consumers are notified. The plan can be withdrawn until the event is retired.
        </p>
        <Refused refusal={refusal} />
        <PostForm formToken={visitor.formToken} action={links.announce(at.catalog, at.subject)}>
          <label>
            Successor <span class="hint">a registered event of this catalog</span>
            <br />
            <input
              name="successor"
              required
              maxlength={300}
              size={40}
              value={form.get('successor') ?? ''}
              {...(next && { placeholder: `${next.type}.v${next.major + 1}` })}
            />
          </label>
          <label>
            Sunset <span class="hint">the catalog asks for a notice of {notice} days</span>
            <br />
            <input type="date" name="sunset" required value={form.get('sunset') ?? dayAfter(context.clock, notice)} />
          </label>
          <Text name="reason" title="Why" value={form.get('reason')} />
          <Text name="migration" title="What consumers do" value={form.get('migration')} />
          <p>
            <button class="main" type="submit">
              Announce
            </button>
          </p>
        </PostForm>
      </>
    ),
  };
}

function Text(props: { readonly name: string; readonly title: string; readonly value: string | undefined }): Child {
  return (
    <label>
      {props.title}
      <textarea class="short" name={props.name} required maxlength={2_000}>
        {props.value ?? ''}
      </textarea>
    </label>
  );
}
