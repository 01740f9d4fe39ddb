/** Shapes of answers about access and of data maps. */
import * as z from 'zod';

export const accessAnswer = z
  .object({
    catalog: z.string(),
    allowed: z.boolean(),
    because: z.array(z.string()).meta({ description: 'Every reason against it; where allowed, what it rests on.' }),
  })
  .meta({ id: 'Access' });

export const accessTableView = z
  .object({
    catalog: z.string(),
    services: z.array(
      z.object({
        service: z.string(),
        publish: z.array(z.string()),
        subscribe: z.array(z.string()),
        deny: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'AccessTable' });

export const dataMapView = z
  .object({
    catalog: z.string(),
    levels: z.array(z.string()).meta({ description: 'From harmless to most sensitive.' }),
    filter: z.object({ tag: z.string().optional(), level: z.string().optional() }),
    rows: z.array(
      z.object({
        subject: z.string().meta({ description: '`*`: every event, for what the envelope carries.' }),
        part: z.enum(['payload', 'envelope']),
        field: z.string().meta({ description: 'The pointer into that part of the event; `*` is any element.' }),
        pointer: z.string().meta({ description: 'The pointer to its schema.' }),
        level: z.string().optional(),
        tags: z.array(z.string()),
        producer: z.string().optional(),
        receivers: z.array(z.string()),
        retention: z.string().optional(),
        stage: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'DataMap' });
