/** Paste an event: is it valid, and where is it not? Paste a schema: what would registering it say? */
import type { Child } from 'hono/jsx';
import { Fault } from '../../errors.ts';
import { listCatalogs } from '../../registry/catalogs/lists.ts';
import { type Validation, validatePayloads } from '../../registry/validation/validate.ts';
import { validateEvents } from '../../registry/validation/validate-events.ts';
import { candidateOf } from '../../registry/versions/candidate.ts';
import { checkCandidate } from '../../registry/versions/check.ts';
import type { Json } from '../../schema/json.ts';
import { syntaxFlaw } from '../../schema/json-syntax.ts';
import { candidateChange } from '../change.ts';
import type { Asked, Page } from '../page.ts';
import { Badge } from '../parts/badge.tsx';
import { Choice, PostForm } from '../parts/form.tsx';
import { Lines } from '../parts/lines.tsx';
import { ReportBody } from '../parts/report.tsx';
import { Table } from '../parts/table.tsx';

export const tryPage: Page = {
  method: 'get',
  path: '/try',
  id: 'console.try',
  permission: 'read',
  render: async (asked) => ({ title: 'Try it', section: 'try', body: await form(asked) }),
};

export const tryAnswerPage: Page = {
  method: 'post',
  path: '/try',
  id: 'console.tryAnswer',
  permission: 'read',
  render: async (asked) => ({ title: 'Try it', section: 'try', body: await form(asked, await answer(asked)) }),
};

async function form(asked: Asked, result?: Child): Promise<Child> {
  const { context, form: given, query, links, visitor } = asked;
  const catalogs = (await listCatalogs(context)).map(({ name }) => name);
  const value = (name: string) => given.get(name) ?? query.get(name) ?? '';
  return (
    <>
      <h1>Try it</h1>
      <p class="lead">
        Nothing is stored, and what you paste appears in no log. Without a subject, the event says itself which one it
        belongs to.
      </p>
      {result}
      <PostForm formToken={visitor.formToken} action={links.tryIt}>
        <div class="row">
          <Choice name="catalog" title="Catalog" options={catalogs} chosen={value('catalog')} any="choose" />
          <label>
            Subject <span class="hint">for a payload or a schema</span>
            <br />
            <input name="subject" value={value('subject')} maxlength={300} />
          </label>
          <Choice
            name="kind"
            title="What it is"
            options={['payload', 'whole event', 'schema']}
            chosen={value('kind') || 'payload'}
            any="choose"
          />
        </div>
        <label>
          JSON
          <textarea name="text" spellcheck={false} rows={18}>
            {value('text')}
          </textarea>
        </label>
        <p>
          <button class="main" type="submit">
            Try
          </button>
        </p>
      </PostForm>
    </>
  );
}

async function answer(asked: Asked): Promise<Child> {
  try {
    return await answerTo(asked);
  } catch (error) {
    // what was typed stays in the form, with the reason above it
    if (error instanceof Fault && error.status < 500) return <p class="banner bad">{error.message}</p>;
    throw error;
  }
}

async function answerTo({ context, form: given }: Asked): Promise<Child> {
  const text = given.get('text') ?? '';
  const catalog = given.get('catalog') ?? '';
  const subject = given.get('subject')?.trim() ?? '';
  if (catalog === '') return <p class="banner warn">Choose a catalog.</p>;
  if (given.get('kind') === 'schema') {
    if (subject === '') return <p class="banner warn">Say which subject the schema is for.</p>;
    const report = await checkCandidate(context, await candidateOf(context, { catalog, subject }, text));
    const change = await candidateChange(context, { catalog, subject }, text);
    return <ReportBody report={report} text={text} consumers={[]} change={change} />;
  }
  const flaw = syntaxFlaw(text);
  if (flaw) return <p class="banner bad">This is not JSON: {flaw.message}</p>;
  const value: Json = JSON.parse(text);
  if (given.get('kind') === 'whole event') {
    const [result] = await validateEvents(context, { catalog, events: [value] }, { role: 'consume' });
    if (result instanceof Fault) throw result;
    return result && <Outcome validation={result} text={text} />;
  }
  if (subject === '') return <p class="banner warn">Say which subject the payload is of, or choose “whole event”.</p>;
  const key = { catalog, subject, version: 'latest' } as const;
  const { validations } = await validatePayloads(context, key, { values: [value] }, { role: 'consume' });
  return validations[0] && <Outcome validation={validations[0]} text={text} />;
}

function Outcome({ validation, text }: { readonly validation: Validation; readonly text: string }): Child {
  if (validation.valid)
    return (
      <p class="banner ok">
        <Badge word="valid" tone="ok" /> The contract allows it.
      </p>
    );
  return (
    <section aria-label="Result">
      <p class="banner bad">
        <Badge word="invalid" tone="bad" />{' '}
        {validation.errors.length === 1 ? 'One place is' : `${validation.errors.length} places are`} not as the contract
        says.
      </p>
      <Table
        head={['where', 'what', 'rule']}
        empty=""
        rows={validation.errors.map(({ instancePointer, message, schemaPointer }) => [
          <code>{instancePointer === '' ? 'the event itself' : instancePointer}</code>,
          message,
          <code>#{schemaPointer}</code>,
        ])}
      />
      <Lines
        lines={text
          .split('\n')
          .slice(0, 200)
          .map((line) => ({ text: line }))}
        label="What you pasted"
      />
    </section>
  );
}
