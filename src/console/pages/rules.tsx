/** A catalog's rules as they are in force, its exceptions with their reasons, and what its source leaves open. */

import { ruleTable } from '../../policy/rule-table.ts';
import { policyRules } from '../../policy/rules/index.ts';
import { catalogOf } from '../../registry/versions/look-up.ts';
import type { Page } from '../page.ts';
import { Badge } from '../parts/badge.tsx';
import { CatalogHead } from '../parts/catalog-head.tsx';
import { Facts, Table } from '../parts/table.tsx';

export const rulesPage: Page = {
  method: 'get',
  path: '/catalogs/:catalog/rules',
  id: 'console.rules',
  permission: 'read',
  render: async ({ context, params, links }) => {
    const { rules } = await catalogOf(context.store, params.catalog ?? '');
    const { names, classification, deprecation } = rules;
    return {
      title: `Rules of ${rules.title}`,
      section: 'catalogs',
      body: (
        <>
          <CatalogHead rules={rules} links={links} part="rules" />
          <Facts
            facts={[
              ['Compatibility', `${rules.level}, decided in the ${rules.world} world`],
              [
                'Names',
                `${names.segments.map(({ name, style }) => `${name} (${style})`).join(' . ')}, major ${names.major}`,
              ],
              ['Levels', classification.levels.join(' < ')],
              [
                'Deprecation',
                `notice ${deprecation.notice}, dual-writing ${deprecation.dualWrite}, quiet ${deprecation.quiet}`,
              ],
              ['Source', rules.source],
            ]}
          />
          <h2>Rules</h2>
          <Table
            caption="Rules in force"
            head={['rule', 'severity', 'for', 'asks', 'exceptions']}
            empty="No rule is known."
            rows={ruleTable(rules, policyRules).map((row) => [
              <code>{row.rule}</code>,
              <>
                <Badge word={row.severity} /> {row.from === 'catalog' && <span class="muted">set here</span>}
              </>,
              row.subjects?.join(', ') ?? 'all',
              row.summary,
              row.exceptions.map((id) => (
                <div>
                  <a href={`#exception-${encodeURIComponent(id)}`}>{id}</a>
                </div>
              )),
            ])}
          />
          <h2>Exceptions</h2>
          {rules.exceptions.length === 0 && <p class="muted">The catalog records no exception.</p>}
          {rules.exceptions.map(({ id, rule, subjects, reason, source }) => (
            <article class="card" id={`exception-${encodeURIComponent(id)}`}>
              <h3>{id}</h3>
              <p>
                <code>{rule}</code> for {subjects.join(', ')}
              </p>
              <p>{reason}</p>
              {source !== undefined && <p class="muted">{source}</p>}
            </article>
          ))}
          {rules.notes.length > 0 && <h2>What the source leaves open</h2>}
          {rules.notes.map(({ id, text, source }) => (
            <article class="card">
              <h3>{id}</h3>
              <p>{text}</p>
              {source !== undefined && <p class="muted">{source}</p>}
            </article>
          ))}
        </>
      ),
    };
  },
};
