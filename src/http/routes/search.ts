/** Search over every catalog. */
import * as z from 'zod';
import { search } from '../../registry/catalogs/search.ts';
import { subjectOf } from '../present.ts';
import { route } from '../route.ts';
import { freeText, none, paged, pageOf } from '../shapes/parameters.ts';
import { subjectSummary } from '../shapes/subject.ts';

export const searchRoute = route({
  method: 'get',
  path: '/v1/search',
  id: 'search',
  group: 'Subjects',
  summary: 'Finds events by words in names, titles, fields, types, tags, owners and descriptions.',
  description: 'Several words must all be found. Parts of words count, upper and lower case do not.',
  params: none,
  query: z.strictObject({ q: freeText(200).meta({ description: '1 to 8 words.', example: 'user_id' }), ...paged }),
  replies: {
    200: {
      description: 'A page of subjects, by catalog and name.',
      schema: pageOf(
        z.object({
          subject: subjectSummary,
          fields: z.array(z.string()).meta({ description: 'Fields a word is found in, by pointer into the event.' }),
        }),
      ),
    },
  },
  faults: ['CURSOR_INVALID'],
  permission: 'read',
  example: 'curl "$HERALD/v1/search?q=user_id"',
  handle: async ({ query: { q, ...page }, context }) => {
    const { items, cursor } = await search(context, q, page);
    return {
      status: 200,
      json: { items: items.map(({ summary, fields }) => ({ subject: subjectOf(summary), fields })), cursor },
    };
  },
});
