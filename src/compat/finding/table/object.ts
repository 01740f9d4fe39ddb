import type { Rows } from '../row.ts';
import { objectShapeRows } from './object-shape.ts';
import { propertyRows } from './property.ts';

/** A row is a change of an object's names or of what they hold; the differ emits it, the report prints it. */
export const objectRows: Rows<'object'> = { ...propertyRows, ...objectShapeRows };
