-- New entries of a GIN index wait in a list that every search walks until somebody vacuums: up to 4 MB of it, 100 times the
-- search itself. A subject is inserted once and searched often.
ALTER INDEX "subjects_by_trigram" SET (fastupdate = off);
--> statement-breakpoint
SELECT gin_clean_pending_list(to_regclass('subjects_by_trigram'));
