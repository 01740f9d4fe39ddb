-- What is immutable says so itself: no update, delete or truncate, by whatever client.
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER "schemas_immutable" BEFORE UPDATE OR DELETE ON "schemas" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "schemas_kept" BEFORE TRUNCATE ON "schemas" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "versions_immutable" BEFORE UPDATE OR DELETE ON "versions" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "versions_kept" BEFORE TRUNCATE ON "versions" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "version_references_immutable" BEFORE UPDATE OR DELETE ON "version_references" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "version_references_kept" BEFORE TRUNCATE ON "version_references" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "transitions_immutable" BEFORE UPDATE OR DELETE ON "transitions" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "transitions_kept" BEFORE TRUNCATE ON "transitions" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_log_immutable" BEFORE UPDATE OR DELETE ON "audit_log" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_log_kept" BEFORE TRUNCATE ON "audit_log" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
-- An announcement may only be marked as handed to its webhooks.
CREATE TRIGGER "outbox_immutable" BEFORE UPDATE OF "sequence", "id", "type", "catalog", "subject", "data", "at" OR DELETE ON "outbox" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
-- The chain: each row's hash covers its sequence, its entry and the hash before. The head's row lock makes appends follow one
-- another; a volatile function sees what was committed while it waited for it.
CREATE FUNCTION "audit_chain"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  head "audit_head"%ROWTYPE;
BEGIN
  SELECT * INTO STRICT head FROM "audit_head" FOR UPDATE;
  NEW."sequence" := head."sequence" + 1;
  NEW."previous_hash" := head."hash";
  NEW."hash" := encode(sha256(convert_to(
    '{"entry":' || NEW."entry" || ',"previousHash":"' || NEW."previous_hash" || '","sequence":' || NEW."sequence" || '}', 'UTF8')), 'hex');
  UPDATE "audit_head" SET "sequence" = NEW."sequence", "hash" = NEW."hash";
  RETURN NEW;
END $$;
--> statement-breakpoint
INSERT INTO "audit_head" ("sequence", "hash") VALUES (0, repeat('0', 64));
--> statement-breakpoint
CREATE TRIGGER "audit_log_chain" BEFORE INSERT ON "audit_log" FOR EACH ROW EXECUTE FUNCTION "audit_chain"();
--> statement-breakpoint
-- Search for a part of a word needs no extension: the distinct runs of three characters, indexed.
CREATE FUNCTION "trigrams"(phrase text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT substr(phrase, place, 3)), '{}'::text[]) FROM generate_series(1, length(phrase) - 2) AS place
$$;
--> statement-breakpoint
CREATE INDEX "subjects_by_trigram" ON "subjects" USING gin ("trigrams"(lower("name" || ' ' || coalesce("title", ''))));
