-- As before, an announcement may only be marked as handed to its webhooks; where it came from is part of it now.
DROP TRIGGER "outbox_immutable" ON "outbox";
--> statement-breakpoint
CREATE TRIGGER "outbox_immutable" BEFORE UPDATE OF "sequence", "id", "type", "catalog", "subject", "data", "at", "origin" OR DELETE ON "outbox" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
