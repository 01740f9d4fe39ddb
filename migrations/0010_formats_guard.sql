UPDATE "subjects" SET "issued" = "latest";
--> statement-breakpoint
-- A version never changes but for being withdrawn, once; only what was withdrawn may be removed.
CREATE FUNCTION "refuse_version_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  unchanged "versions"%ROWTYPE;
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD."withdrawn_at" IS NOT NULL THEN RETURN OLD; END IF;
  ELSIF OLD."withdrawn_at" IS NULL THEN
    unchanged := OLD;
    unchanged."withdrawn_at" := NEW."withdrawn_at";
    IF unchanged IS NOT DISTINCT FROM NEW THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
DROP TRIGGER "versions_immutable" ON "versions";
--> statement-breakpoint
CREATE TRIGGER "versions_immutable" BEFORE UPDATE OR DELETE ON "versions" FOR EACH ROW EXECUTE FUNCTION "refuse_version_change"();
--> statement-breakpoint
-- What a withdrawn version refers to goes with it.
CREATE FUNCTION "refuse_reference_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (
    SELECT FROM "versions" WHERE "subject_id" = OLD."subject_id" AND "number" = OLD."number" AND "withdrawn_at" IS NOT NULL
  ) THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
DROP TRIGGER "version_references_immutable" ON "version_references";
--> statement-breakpoint
CREATE TRIGGER "version_references_immutable" BEFORE UPDATE OR DELETE ON "version_references" FOR EACH ROW EXECUTE FUNCTION "refuse_reference_change"();
