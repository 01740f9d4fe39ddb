/** The validator for those who bring none. In a file of its own: importing the client does not load Ajv. */
import { compileValidator } from '../schema/validator.ts';
import { HeraldError } from './error.ts';
import type { CompileValidator } from './options.ts';

export const compile: CompileValidator = (document, options) => {
  const compilation = compileValidator(document, options);
  if (compilation.ok) return compilation.validator;
  throw new HeraldError('SCHEMA_INVALID', 'The schema cannot be made into a validator.', {
    details: { problems: compilation.problems },
  });
};
