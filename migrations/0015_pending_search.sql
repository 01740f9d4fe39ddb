-- What a search finds a subject by is a hundred and more entries of an index, and writing them one by one took a quarter of what a
-- registration costs the database. They wait in a list again and are merged when it is full, in a quarter of the time; the list ends at
-- 64 kB, so that a search, which walks it, never notices.
ALTER INDEX "subjects_by_trigram" SET (fastupdate = on, gin_pending_list_limit = 64);
--> statement-breakpoint
ALTER INDEX "subjects_by_search_text" SET (fastupdate = on, gin_pending_list_limit = 64);
