import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/store/tables.ts',
  out: './migrations',
  migrations: { schema: 'public', table: '__drizzle_migrations' },
});
