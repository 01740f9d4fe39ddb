CREATE TABLE "bus_readers" (
	"subject_id" integer NOT NULL,
	"bus" text COLLATE "C" NOT NULL,
	"groups" text NOT NULL,
	"reported_by" text NOT NULL,
	"reported_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "bus_readers_key" PRIMARY KEY("subject_id","bus")
);
--> statement-breakpoint
ALTER TABLE "bus_readers" ADD CONSTRAINT "bus_readers_subject_id_subjects_id_fk" FOREIGN KEY ("subject_id") REFERENCES "public"."subjects"("id") ON DELETE no action ON UPDATE no action;