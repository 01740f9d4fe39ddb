/** The five catalogs against the documents they were taken from. Lists of names are written by hand from the documents. */
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { cloudEvent } from '../src/announce/cloud-event.ts';
import { lintFindings } from '../src/check/lints.ts';
import { fieldIndex, fieldNames } from '../src/check/neighbours.ts';
import { lintRules } from '../src/lint/rules/index.ts';
import { policyRules } from '../src/policy/rules/index.ts';
import { type AppliedFinding, applyRules } from '../src/policy/ruleset.ts';
import { cloudEventsSchema } from '../src/schema/cloudevents.ts';
import { splitEvent, wrapEvent } from '../src/schema/envelope.ts';
import { isObject, type Json, type JsonObject, member } from '../src/schema/json.ts';
import { matrix, matrixMarkdown } from '../src/schema/matrix.ts';
import { parseSubject } from '../src/schema/subject.ts';
import { compileValidator } from '../src/schema/validator.ts';
import { type CatalogFolder, catalogFolder, catalogNames } from './support/catalogs.ts';

/** What each document names, `*` of the first one read as line 1. */
const named: Readonly<Record<string, string>> = {
  'political-sphere': `
    debate.started debate.ended vote.division_opened vote.cast vote.division_closed moderation.flagged
    parliament.motionScheduled.v1 parliament.divisionRecorded.v1 debate.speechPublished.v1 election.resultsFinalised.v1
    safety.reportEscalated.v1 ai.agentDecisionLogged.v1 iam.userDeactivated.v1`,
  'eventing-model': `
    conversation.completed lead.status_changed ai.decision_recorded
    chat.conversation.started chat.message.created sales.lead.updated ai.tool.invoked`,
  'message-patterns': 'workflow.instance.started.v1',
  daarion: `
    agent.run.started agent.run.completed agent.run.failed agent.run.rate_limited
    chat.message.created chat.message.updated chat.message.deleted
    project.created project.updated task.created task.updated task.completed
    wallet.balance.updated wallet.tx.sent wallet.tx.confirmed wallet.payout.generated
    staking.locked staking.unlocked payout.generated payout.claimed payout.failed
    embassy.energy.update embassy.food.update embassy.water.update embassy.event.received
    oracle.reading.published rwa.inventory.updated
    governance.policy.created governance.policy.updated governance.policy.failed
    usage.agent_run.increment usage.llm.increment usage.embassy.increment
    telemetry.event telemetry.error telemetry.screen_view
    parser.document.parsed rag.document.ingested rag.document.indexed`,
  'choice-sherpa': `
    session.created session.archived session.renamed
    cycle.created cycle.branched cycle.archived cycle.completed
    component.started component.completed component.output_updated
    conversation.started conversation.message_sent conversation.data_extracted conversation.ai_response_received
    membership.created membership.upgraded membership.cancelled analysis.pugh_computed analysis.dq_computed`,
};

const registry = new URL('../src/registry/', import.meta.url);
const folders = new Map<string, CatalogFolder>();

beforeAll(async () => {
  for (const name of catalogNames) folders.set(name, await catalogFolder(name));
});

function folder(name: string): CatalogFolder {
  const found = folders.get(name);
  if (!found) throw new Error(`no catalog ${name}`);
  return found;
}

function findings(name: string): readonly (AppliedFinding & { readonly subject: string })[] {
  const { catalog, events } = folder(name);
  const index = fieldIndex(events);
  return events.flatMap((event) => {
    const context = {
      ...event,
      name: parseSubject(event.subject),
      catalog,
      previous: undefined,
      neighbours: index.around(event.subject, fieldNames(event.document.root)),
    };
    return applyRules(context).map((finding) => ({ ...finding, subject: event.subject }));
  });
}

it('there is a catalog for each document, and our own', () => {
  expect(catalogNames).toEqual([...Object.keys(named), 'herald'].toSorted());
});

describe.each(Object.keys(named))('%s', (name) => {
  it('has every event its document names, and no other', () => {
    const wanted = named[name]?.trim().split(/\s+/).toSorted();
    expect(folder(name).events.map((event) => event.subject)).toEqual(wanted);
  });
});

describe.each(catalogNames)('the catalog %s', (name) => {
  it('breaks no rule but where an exception is recorded', () => {
    const unexpected = findings(name).filter((finding) => finding.exception === undefined);
    expect(unexpected.map(({ subject, rule, pointer, message }) => `${subject} ${rule} ${pointer} ${message}`)).toEqual(
      [],
    );
  });

  it('records no exception that excuses nothing', () => {
    const { catalog, events } = folder(name);
    const used = findings(name);
    const stale = catalog.exceptions.flatMap(({ id, rule, subjects }) => {
      const excused = used.filter((finding) => finding.rule === rule).map((finding) => finding.subject);
      const exact = subjects.filter((subject) => events.some((event) => event.subject === subject));
      const idle = exact.filter((subject) => !excused.includes(subject)).map((subject) => `${id}: ${subject}`);
      return used.some((finding) => finding.exception === id) ? idle : [id, ...idle];
    });
    expect(stale).toEqual([]);
  });

  it('speaks of rules, domains and services that exist', () => {
    const { catalog, events } = folder(name);
    const rules = new Set([...policyRules, ...lintRules].map((rule) => rule.id));
    const spoken = [...Object.keys(catalog.rules), ...catalog.exceptions.map((row) => row.rule)];
    expect(spoken.filter((rule) => !rules.has(rule))).toEqual([]);
    const services = Object.keys(catalog.services);
    expect(Object.values(catalog.domains).filter((domain) => !services.includes(domain.owner))).toEqual([]);
    const listed = Object.values(catalog.domains).flatMap((domain) => domain.subjects ?? []);
    const subjects = events.map((event) => event.subject);
    expect(listed.filter((subject) => !subjects.includes(subject))).toEqual([]);
  });

  it('has schemas that say what they mean', () => {
    const { catalog, events } = folder(name);
    const unexpected = events.flatMap(({ document, subject }) => lintFindings(document, subject, catalog));
    expect(unexpected.map(({ rule, nextPointer, message }) => `${rule} #${nextPointer} ${message}`)).toEqual([]);
  });

  it('has titles and descriptions, and its schemas compile', () => {
    for (const { subject, document } of folder(name).events) {
      expect(isObject(document.root) && typeof member(document.root, 'title'), subject).toBe('string');
      expect(compileValidator(document).ok, subject).toBe(true);
    }
  });

  it('wraps an example of each event that its envelope accepts and that finds its subject again', () => {
    const { catalog, events } = folder(name);
    const { envelope } = catalog;
    for (const { subject, contract } of events) {
      const event = wrapEvent(catalog, subject, {}, contract);
      const split = splitEvent(catalog, event, { transportName: subject });
      expect(split.ok && split.event.subjects, subject).toContain(subject);
      if (envelope !== 'cloudevents-1.0') expect(rejections(envelope.schema, event), subject).toEqual([]);
    }
  });
});

function rejections(schema: Json, value: Json): unknown {
  const compiled = compileValidator({ root: schema, dialect: '2020-12', bundle: new Map() });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.validator.validate(value);
}

describe('the subscription matrix of choice-sherpa', () => {
  /** The fifth document's table: D dashboard, C conversation, A analysis, W WebSocket, N notifications. */
  const wanted = `
    Session Events
    SessionCreated          D W
    SessionArchived         D W
    SessionRenamed          D W
    Cycle Events
    CycleCreated            D W
    CycleBranched           D W
    CycleArchived           D W
    CycleCompleted          D W N
    Component Events
    ComponentStarted        D C W
    ComponentCompleted      D A* W
    ComponentOutputUpdated  D W
    Conversation Events
    ConversationStarted     D W
    MessageSent             D W
    DataExtracted           D W
    Membership Events
    MembershipCreated       N
    MembershipUpgraded      N
    MembershipCancelled     N
    Analysis Events
    PughScoresComputed      D W
    DQScoresComputed        D W`;
  const table = () => {
    const { catalog, events } = folder('choice-sherpa');
    return matrix(
      catalog,
      events.map(({ subject, contract, document }) => ({
        subject,
        contract,
        title: String(isObject(document.root) ? member(document.root, 'title') : ''),
      })),
    );
  };

  it("is the document's, cell for cell and in its order", () => {
    const made = table();
    expect(made.columns.map((column) => column.title)).toEqual([
      'Dashboard',
      'Conversation',
      'Analysis',
      'WebSocket',
      'Notifications',
    ]);
    const letter = new Map(made.columns.map(({ service, title }) => [service, title.charAt(0)]));
    const lines = made.groups.flatMap((group) => [
      group.title,
      ...group.rows.map((row) =>
        [row.title, ...row.consumers.map((cell) => `${letter.get(cell.service)}${cell.note ? '*' : ''}`)].join(' '),
      ),
    ]);
    expect(lines).toEqual(
      wanted
        .trim()
        .split('\n')
        .map((line) => line.trim().replace(/ +/g, ' ')),
    );
    expect(made.unconsumed).toEqual(['conversation.ai_response_received']);
  });

  it('prints as Markdown with its footnote', () => {
    const lines = matrixMarkdown(table()).split('\n');
    expect(lines).toContain('| Event | Dashboard | Conversation | Analysis | WebSocket | Notifications |');
    expect(lines).toContain('| CycleCompleted | ✅ | | | ✅ | ✅ |');
    expect(lines).toContain('| ComponentCompleted | ✅ | | ✅* | ✅ | |');
    expect(lines).toContain('| MembershipCreated | | | | | ✅ |');
    expect(lines).toContain(
      '*Analysis only subscribes to ComponentCompleted for Consequences and DecisionQuality component types',
    );
  });
});

describe('what the registry announces', () => {
  it('has a schema in the catalog herald', () => {
    const sources = readdirSync(registry, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
    );
    const announced = sources.flatMap((file) =>
      [...readFileSync(new URL(file, registry), 'utf8').matchAll(/type: '(herald\.[a-z.]+\.v\d+)'/g)].map(
        ([, type]) => type,
      ),
    );
    const described = folder('herald').events.map((event) => event.subject);
    expect(announced).toContain('herald.version.registered.v1');
    expect(announced.filter((type) => type === undefined || !described.includes(type))).toEqual([]);
  });

  /** As the registry's verbs put them into the outbox. */
  const plan = { successor: 'cycle.closed.v2', sunset: '2026-12-01', forced: false };
  const said: Readonly<Record<string, { readonly subject?: string; readonly data: JsonObject }>> = {
    'herald.catalog.changed.v1': { subject: '', data: { catalog: 'demo', fingerprint: 'a'.repeat(64) } },
    'herald.version.registered.v1': {
      data: { number: 1, label: '1.0.0', schemaId: 1, fingerprint: 'a'.repeat(64), change: 'none' },
    },
    'herald.version.withdrawn.v1': {
      data: { number: 2, schemaId: 1, fingerprint: 'a'.repeat(64), reason: 'sent by mistake' },
    },
    'herald.consumer.declared.v1': { data: { service: 'mailer', reads: ['/id'] } },
    'herald.consumer.removed.v1': { data: { service: 'mailer' } },
    'herald.settings.changed.v1': { data: { settings: { level: 'FULL', ignore: ['/version'] } } },
    'herald.waiver.given.v1': {
      data: { waiver: '7', fingerprint: 'a'.repeat(64), expires: '2026-12-01', reason: 'nobody reads it' },
    },
    'herald.deprecation.announced.v1': { data: { from: 'active', to: 'announced', reason: 'renamed', ...plan } },
    'herald.deprecation.advanced.v1': { data: { from: 'announced', to: 'dual-writing', ...plan } },
    'herald.deprecation.postponed.v1': { data: { from: 'announced', to: 'announced', ...plan } },
    'herald.deprecation.retired.v1': { data: { from: 'migrating', to: 'retired', ...plan } },
    'herald.deprecation.withdrawn.v1': { data: { from: 'announced', to: 'active', forced: false } },
    'herald.deprecation.acknowledged.v1': { data: { service: 'mailer' } },
    'herald.sunset.approached.v1': {
      data: {
        successor: 'cycle.closed.v2',
        sunset: '2026-12-01',
        daysLeft: 7,
        stage: 'migrating',
        pending: ['mailer'],
      },
    },
  };

  it.each(Object.entries(said))(
    'goes out as an event its schema accepts: %s',
    (type, { subject = 'cycle.closed', data }) => {
      const record = { sequence: 1, id: 'e-1', at: '2026-06-01T00:00:00Z', type, catalog: 'demo', subject, data };
      const event = cloudEvent(record, '/herald');
      expect(rejections(cloudEventsSchema, event)).toEqual([]);
      const split = splitEvent(folder('herald').catalog, event);
      if (!split.ok) throw new Error(split.problem.message);
      const described = folder('herald').events.find((row) => row.subject === split.event.subjects[0]);
      expect(described && rejections(described.document.root, split.event.payload)).toEqual([]);
    },
  );
});
