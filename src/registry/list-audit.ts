/** Lists the audit log a page at a time. */
import type { Context } from './context.ts';
import type { AuditRecord, Page, PageRequest } from './ports.ts';

export async function listAudit({ store }: Pick<Context, 'store'>, page: PageRequest): Promise<Page<AuditRecord>> {
  return store.audit(page);
}
