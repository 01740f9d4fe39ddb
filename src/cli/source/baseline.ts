/** What a baseline holds of the paths that are checked. */
import type { Baseline } from '../check/checking.ts';
import type { OpenBaseline } from './open-baseline.ts';
import { pastModules } from './past-module.ts';
import { surveyWorkspace } from './workspace.ts';

export async function readBaseline({ tree, named }: OpenBaseline): Promise<Baseline> {
  const modules = pastModules(tree);
  try {
    return { name: tree.name, collections: await surveyWorkspace(tree, named, modules.run, 'baseline') };
  } finally {
    await modules.close();
  }
}
