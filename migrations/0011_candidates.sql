CREATE TABLE "candidates" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"catalog" text COLLATE "C" NOT NULL,
	"subject" text COLLATE "C" NOT NULL,
	"text" text NOT NULL,
	"author" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "candidates" ADD CONSTRAINT "candidates_catalog_catalogs_name_fk" FOREIGN KEY ("catalog") REFERENCES "public"."catalogs"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "candidates_by_date" ON "candidates" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "candidates_by_author" ON "candidates" USING btree ("author","created_at","id");