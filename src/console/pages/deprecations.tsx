/** What is being retired: a board by stage, with what blocks each next step and who is late; and one plan with its evidence. */
import type { Child } from 'hono/jsx';
import type { PagePlan } from '../../lifecycle/page.ts';
import { stages } from '../../lifecycle/stage.ts';
import { transitions } from '../../lifecycle/transition.ts';
import { today } from '../../registry/context.ts';
import { acknowledgeDeprecation } from '../../registry/deprecation/acknowledge.ts';
import { advanceDeprecation } from '../../registry/deprecation/advance.ts';
import { deprecationBoard } from '../../registry/deprecation/board.ts';
import { type ConsumerStatus, type DeprecationStatus, deprecationStatus } from '../../registry/deprecation/status.ts';
import { daysBetween } from '../../schema/duration.ts';
import { confirmed, refused } from '../confirmed.ts';
import type { Links } from '../links.ts';
import type { Asked, Page } from '../page.ts';
import { Badge } from '../parts/badge.tsx';
import { Crumbs } from '../parts/catalog-head.tsx';
import { PostButton, PostForm, Refused } from '../parts/form.tsx';
import { Facts, Table } from '../parts/table.tsx';

export const boardPage: Page = {
  method: 'get',
  path: '/deprecations',
  id: 'console.board',
  permission: 'read',
  render: async ({ context, links }) => {
    const plans = await deprecationBoard(context, {});
    const now = today(context.clock);
    return {
      title: 'Deprecations',
      section: 'deprecations',
      body: (
        <>
          <h1>Deprecations</h1>
          <p class="lead">
            The next sunset first. <a href={links.api('/v1/deprecations.ics')}>As a calendar</a> ·{' '}
            <a href={links.api('/v1/deprecations.md')}>as Markdown</a>
          </p>
          <div class="board">
            {stages
              .filter((stage) => stage !== 'active')
              .map((stage) => {
                const here = plans.filter((plan) => plan.stage === stage);
                return (
                  <section aria-label={stage}>
                    <h2>
                      <Badge word={stage} /> {here.length}
                    </h2>
                    {here.map((plan) => (
                      <PlanCard plan={plan} links={links} now={now} />
                    ))}
                    {here.length === 0 && <p class="muted">None.</p>}
                  </section>
                );
              })}
          </div>
        </>
      ),
    };
  },
};

function PlanCard({
  plan,
  links,
  now,
}: {
  readonly plan: PagePlan;
  readonly links: Links;
  readonly now: string;
}): Child {
  const pending = plan.consumers.filter(({ state }) => state === 'pending').map(({ service }) => service);
  const left = daysBetween(now, plan.sunset);
  return (
    <article class="card">
      <h3>
        <a href={links.plan(plan.catalog, plan.subject)}>{plan.subject}</a>
      </h3>
      <p class="muted">
        {plan.catalog} → {plan.successor}
      </p>
      {plan.stage !== 'retired' && (
        <p>
          {left < 0 ? <Badge word={`${-left} days late`} tone="bad" /> : `${left} days left`}, sunset {plan.sunset}
        </p>
      )}
      {pending.length > 0 && <p>Not moved: {pending.join(', ')}</p>}
      {plan.next && (
        <details>
          <summary>
            Next: {plan.next.transition}{' '}
            {plan.next.blockedBy.length > 0 && `(blocked by ${plan.next.blockedBy.length})`}
          </summary>
          <ul>
            {plan.next.blockedBy.map((reason) => (
              <li>{reason}</li>
            ))}
          </ul>
        </details>
      )}
    </article>
  );
}

export const planPage: Page = {
  method: 'get',
  path: '/catalogs/:catalog/subjects/:subject/deprecation',
  id: 'console.plan',
  permission: 'read',
  render: (asked) => shown(asked),
};

const steps = (Object.keys(transitions) as (keyof typeof transitions)[]).filter((name) => name !== 'announce');

export const stepPage: Page = {
  method: 'post',
  path: '/catalogs/:catalog/subjects/:subject/deprecation',
  id: 'console.step',
  permission: 'read',
  render: async (asked) => {
    const { context, params, form, links } = asked;
    const at = { catalog: params.catalog ?? '', subject: params.subject ?? '' };
    const step = steps.find((one) => one === form.get('step'));
    if (step === undefined) return refused(shown(asked, 'Choose the step to take.'));
    return confirmed(
      async () => {
        const reason = form.get('reason')?.trim();
        const force = form.get('force') === 'yes' && reason ? { force: { reason } } : {};
        await advanceDeprecation(context, {
          ...at,
          transition: step,
          ...(form.get('attest') === 'yes' && { attest: true }),
          ...(step === 'postpone' && { sunset: form.get('sunset') ?? '' }),
          ...(reason && { reason }),
          ...force,
        });
        return { to: step === 'withdraw' ? links.subject(at.catalog, at.subject) : links.plan(at.catalog, at.subject) };
      },
      (refusal) => shown(asked, refusal),
    );
  },
};

/** A consumer has taken note of the plan; said by whoever may speak for it. */
export const acknowledgePage: Page = {
  method: 'post',
  path: '/catalogs/:catalog/subjects/:subject/deprecation/consumers',
  id: 'console.acknowledge',
  permission: 'read',
  render: async (asked) => {
    const { context, params, form, links } = asked;
    const at = { catalog: params.catalog ?? '', subject: params.subject ?? '' };
    return confirmed(
      async () => {
        await acknowledgeDeprecation(context, { ...at, service: form.get('acknowledge') ?? '' });
        return { to: links.plan(at.catalog, at.subject) };
      },
      (refusal) => shown(asked, refusal),
    );
  },
};

async function shown(asked: Asked, refusal?: string) {
  const { context, params, links } = asked;
  const at = { catalog: params.catalog ?? '', subject: params.subject ?? '' };
  const status = await deprecationStatus(context, at, { withSuccessor: true });
  const { plan } = status;
  return {
    title: `Deprecation of ${at.subject}`,
    section: 'deprecations' as const,
    body: (
      <>
        <Crumbs links={links} catalog={at.catalog} subject={at.subject} here="deprecation" />
        <h1>
          {at.subject} <Badge word={plan.stage} />
        </h1>
        <Refused refusal={refusal} />
        <Facts
          facts={[
            ['Successor', <a href={links.subject(at.catalog, plan.successor)}>{plan.successor}</a>],
            ['Sunset', `${plan.sunset} (${daysBetween(today(context.clock), plan.sunset)} days)`],
            ['Why', plan.reason],
            ['What consumers do', plan.migration],
            [
              'Mapping',
              plan.mapping &&
                `tried on ${plan.mapping.proof.generated + plan.mapping.proof.recorded} events, ${plan.mapping.proof.failed} failed`,
            ],
          ]}
        />
        <NextStep asked={asked} status={status} />
        <div class="columns even">
          <section>
            <h2>Consumers</h2>
            <Consumers asked={asked} status={status} />
            <h2>Groups on the bus</h2>
            <Table
              head={['bus', 'groups', 'seen']}
              empty="No bus was asked."
              rows={status.readers.map(({ bus, groups, undeclared, seenOn, reportedBy }) => [
                bus,
                groups.length === 0
                  ? 'none'
                  : groups.map((group) => (undeclared.includes(group) ? `${group} (not declared)` : group)).join(', '),
                `${seenOn}, by ${reportedBy}`,
              ])}
            />
            <h2>Pairs of old and new events</h2>
            <Table
              head={['day', 'agree', 'disagree']}
              empty="No pair was compared yet."
              rows={status.pairs.map(({ day, agreed, disagreed }) => [
                day,
                String(agreed),
                disagreed > 0 ? <Badge word={String(disagreed)} tone="bad" /> : '0',
              ])}
            />
          </section>
          <section>
            <h2>What happened</h2>
            <ol class="timeline">
              {status.transitions.map(({ at: when, from, to, actor, reason, forced }) => (
                <li>
                  {from} → <Badge word={to} /> {forced && <Badge word="forced" tone="warn" />}
                  <div class="muted">
                    {when.slice(0, 10)} by {actor}
                    {reason !== undefined && `: ${reason}`}
                  </div>
                </li>
              ))}
            </ol>
          </section>
        </div>
      </>
    ),
  };
}

function Consumers({ asked, status }: { readonly asked: Asked; readonly status: DeprecationStatus }): Child {
  const { context, links, visitor } = asked;
  const { catalog, subject, stage } = status.plan;
  const mayAcknowledge = ({ service, state }: ConsumerStatus) =>
    stage !== 'retired' && state === 'pending' && context.caller.can('consume', { catalog, subject, service });
  return (
    <Table
      head={['service', 'state', 'reads', 'seen here', 'seen on the successor']}
      empty="No consumer is known."
      rows={status.consumers.map((consumer) => [
        consumer.service,
        <>
          <Badge word={consumer.state} />{' '}
          {consumer.since !== undefined && <span class="muted">since {consumer.since.slice(0, 10)}</span>}
          {consumer.note !== undefined && <div class="muted">{consumer.note}</div>}
          {mayAcknowledge(consumer) && (
            <PostButton
              formToken={visitor.formToken}
              action={links.acknowledge(catalog, subject)}
              name="acknowledge"
              value={consumer.service}
              label={`Acknowledge for ${consumer.service}`}
            >
              Acknowledge
            </PostButton>
          )}
        </>,
        readsText(consumer),
        String(consumer.seenHere ?? 'unknown'),
        String(consumer.seenOnSuccessor ?? 'unknown'),
      ])}
    />
  );
}

function readsText({ reads, onSuccessor }: ConsumerStatus): string {
  const what = reads === undefined ? 'everything' : reads.length === 0 ? 'nothing' : reads.join(', ');
  if (onSuccessor === undefined) return what;
  if (onSuccessor.verdict === 'compatible') return `${what}; reads the successor as it is`;
  if (onSuccessor.verdict === 'undecided') return what;
  return `${what}; cannot read the successor as it is${onSuccessor.fields.length > 0 ? `: ${onSuccessor.fields.join(', ')}` : ''}`;
}

/** The forms are there for who may take a step; whether this step, the verb decides. */
function NextStep({ asked, status }: { readonly asked: Asked; readonly status: DeprecationStatus }): Child {
  const { context, params, links, visitor, form } = asked;
  const { next } = status;
  if (!next) return null;
  const at = { catalog: params.catalog ?? '', subject: params.subject ?? '' };
  const { can } = context.caller;
  const steward = can('steward', at);
  const blockedBy = next.allowed ? [] : next.missing.map(({ message }) => message);
  return (
    <section>
      <h2>Next: {next.transition}</h2>
      {blockedBy.length === 0 ? (
        <p>Nothing is in the way.</p>
      ) : (
        <ul>
          {blockedBy.map((reason) => (
            <li>{reason}</li>
          ))}
        </ul>
      )}
      {(steward || can('publish', at)) && (
        <PostForm formToken={visitor.formToken} action={links.plan(at.catalog, at.subject)}>
          <div class="row">
            <label>
              Step
              <br />
              <select name="step">
                {[next.transition, 'postpone', 'withdraw'].map((step) => (
                  <option value={step} selected={step === form.get('step')}>
                    {step}
                  </option>
                ))}
              </select>
            </label>
            <label>
              New sunset <span class="hint">to postpone</span>
              <br />
              <input type="date" name="sunset" value={form.get('sunset') ?? ''} />
            </label>
          </div>
          <label>
            Reason
            <textarea class="short" name="reason" maxlength={2_000}>
              {form.get('reason') ?? ''}
            </textarea>
          </label>
          <label>
            <input type="checkbox" name="attest" value="yes" /> I attest it where nothing was seen
          </label>
          {steward && (
            <label>
              <input type="checkbox" name="force" value="yes" /> Force the step, for the reason above
            </label>
          )}
          <p>
            <button class="main" type="submit">
              Take the step
            </button>
          </p>
        </PostForm>
      )}
    </section>
  );
}
