-- Which subjects hold a part of a word of three characters and more. Without a pending list, as for names and titles.
CREATE INDEX "subjects_by_search_text" ON "subjects" USING gin ("trigrams"("search_text")) WITH (fastupdate = off);
