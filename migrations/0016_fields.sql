CREATE TABLE "field_name_counts" (
	"catalog" text COLLATE "C" NOT NULL,
	"style" text NOT NULL,
	"names" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "field_names" (
	"catalog" text COLLATE "C" NOT NULL,
	"field" text COLLATE "C" NOT NULL,
	"style" text NOT NULL,
	"doubtful" boolean DEFAULT false NOT NULL,
	CONSTRAINT "field_names_key" PRIMARY KEY("catalog","field")
);
--> statement-breakpoint
CREATE TABLE "subject_fields" (
	"catalog" text COLLATE "C" NOT NULL,
	"field" text COLLATE "C" NOT NULL,
	"type" text COLLATE "C" NOT NULL,
	"subject" text COLLATE "C" NOT NULL,
	"event" text COLLATE "C" NOT NULL,
	"style" text,
	CONSTRAINT "subject_fields_key" PRIMARY KEY("catalog","field","type","subject")
);
--> statement-breakpoint
ALTER TABLE "subjects" ADD COLUMN "fields_of" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "field_name_counts_by_catalog" ON "field_name_counts" USING btree ("catalog");--> statement-breakpoint
CREATE INDEX "field_names_doubtful" ON "field_names" USING btree ("catalog") WHERE "field_names"."doubtful";--> statement-breakpoint
CREATE INDEX "subject_fields_by_event" ON "subject_fields" USING btree ("catalog","event","subject");--> statement-breakpoint
CREATE INDEX "subjects_without_fields" ON "subjects" USING btree ("catalog") WHERE case when "subjects"."fields_of" = "subjects"."latest" then 0 else 1 end = 1;