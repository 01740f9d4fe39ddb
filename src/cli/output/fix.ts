import type { Fix } from '../../compat/report.ts';
import { isModuleFile } from '../source/file-names.ts';
import { zodEdit } from './zod-fix.ts';

/** What was shown of a fix, and no more than that; in the language of the file it is for. */
export function fixText(fix: Fix, file: string, instancePointer = ''): string {
  const { title, tried, patch } = fix;
  const shown = tried === 'alone' ? 'checked fix' : 'fix, checked with the other breaking edits taken back';
  if (!isModuleFile(file)) return `${shown}: ${title}  ${JSON.stringify(patch)}`;
  const edits = patch.map((step) => zodEdit(step, instancePointer)).filter((edit) => edit !== undefined);
  return `${shown}: ${title}${edits.length === 0 ? '' : `  ${edits.join('; ')}`}`;
}
