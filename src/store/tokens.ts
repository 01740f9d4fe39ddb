/** API tokens: by their hash, never themselves. */
import { and, asc, eq, isNull, lt, or } from 'drizzle-orm';
import type { TokenRecord } from '../registry/records.ts';
import type { Db } from './database.ts';
import { present } from './optional.ts';
import { apiTokens } from './tables.ts';

/** Everything but the hash: nothing that reads a record needs it. */
const record = {
  id: apiTokens.id,
  name: apiTokens.name,
  role: apiTokens.role,
  services: apiTokens.services,
  subjects: apiTokens.subjects,
  expires: apiTokens.expires,
  createdAt: apiTokens.createdAt,
  createdBy: apiTokens.createdBy,
  lastUsed: apiTokens.lastUsed,
  revokedAt: apiTokens.revokedAt,
  revokedBy: apiTokens.revokedBy,
};

export async function listTokens(db: Db): Promise<readonly TokenRecord[]> {
  const rows = await db.select(record).from(apiTokens).orderBy(asc(apiTokens.createdAt), asc(apiTokens.id));
  return rows.map(present);
}

export async function findToken(db: Db, sha256: string): Promise<TokenRecord | undefined> {
  const [row] = await db.select(record).from(apiTokens).where(eq(apiTokens.sha256, sha256));
  return row && present(row);
}

export async function insertToken(db: Db, token: TokenRecord, sha256: string): Promise<void> {
  await db.insert(apiTokens).values({ ...token, sha256 });
}

export async function revokeToken(db: Db, id: string, at: string, by: string): Promise<TokenRecord | undefined> {
  await db
    .update(apiTokens)
    .set({ revokedAt: at, revokedBy: by })
    .where(and(eq(apiTokens.id, id), isNull(apiTokens.revokedAt)));
  const [row] = await db.select(record).from(apiTokens).where(eq(apiTokens.id, id));
  return row && present(row);
}

export async function markTokenUsed(db: Db, id: string, day: string): Promise<void> {
  await db
    .update(apiTokens)
    .set({ lastUsed: day })
    .where(and(eq(apiTokens.id, id), or(isNull(apiTokens.lastUsed), lt(apiTokens.lastUsed, day))));
}
