DROP INDEX "subjects_by_owner";--> statement-breakpoint
DROP INDEX "subjects_by_classification";--> statement-breakpoint
DROP INDEX "subjects_by_stage";--> statement-breakpoint
DROP INDEX "subjects_by_producer";--> statement-breakpoint
CREATE INDEX "subjects_by_owner" ON "subjects" USING btree ("catalog","owner","name") WHERE "subjects"."owner" is not null;--> statement-breakpoint
CREATE INDEX "subjects_by_classification" ON "subjects" USING btree ("catalog","classification","name") WHERE "subjects"."classification" is not null;--> statement-breakpoint
CREATE INDEX "subjects_by_stage" ON "subjects" USING btree ("catalog","stage","name") WHERE "subjects"."stage" <> 'active';--> statement-breakpoint
CREATE INDEX "subjects_by_producer" ON "subjects" USING btree ("catalog","producer","name") WHERE "subjects"."producer" is not null;