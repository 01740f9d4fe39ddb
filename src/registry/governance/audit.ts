/** Lists the audit log a page at a time. */
import type { Context } from '../context.ts';
import type { Page, PageRequest } from '../ports.ts';
import type { AuditRecord } from '../records.ts';

export async function listAudit({ store }: Pick<Context, 'store'>, page: PageRequest): Promise<Page<AuditRecord>> {
  return store.audit(page);
}
