CREATE TABLE "proposals" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"catalog" text COLLATE "C" NOT NULL,
	"subject" text COLLATE "C" NOT NULL,
	"content" text NOT NULL,
	"text" text NOT NULL,
	"report" text NOT NULL,
	"reason" text NOT NULL,
	"link" text,
	"author" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"state" text NOT NULL,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone,
	"decision" text,
	"expires" date,
	CONSTRAINT "proposals_state" CHECK ("proposals"."state" in ('open', 'approved', 'rejected'))
);
--> statement-breakpoint
ALTER TABLE "subjects" ADD COLUMN "search_text" text;--> statement-breakpoint
ALTER TABLE "waivers" ADD COLUMN "content" text;--> statement-breakpoint
ALTER TABLE "proposals" ADD CONSTRAINT "proposals_catalog_catalogs_name_fk" FOREIGN KEY ("catalog") REFERENCES "public"."catalogs"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "proposals_by_state" ON "proposals" USING btree ("state","created_at","id");--> statement-breakpoint
CREATE INDEX "proposals_by_content" ON "proposals" USING btree ("catalog","subject","content");--> statement-breakpoint
CREATE INDEX "consumers_by_service" ON "consumers" USING btree ("service","subject_id");--> statement-breakpoint
CREATE INDEX "subjects_by_producer" ON "subjects" USING btree ("catalog","producer","name");