/** What an independent validator says of a witness. */
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import type { FormatPolicy } from '../report.ts';

/** 'unavailable': it cannot evaluate this pair, for example because it refuses a pattern or the value is nested too deep. */
export type Confirmation = 'confirmed' | 'disagrees' | 'unavailable';

/** Whether an independent validator accepts `value` for the writer and rejects it for the reader. */
export type Confirm = (
  writer: SchemaDocument,
  reader: SchemaDocument,
  value: Json,
  formats: FormatPolicy,
) => Confirmation;
