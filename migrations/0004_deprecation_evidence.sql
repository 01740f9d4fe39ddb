CREATE TABLE "deprecation_pairs" (
	"subject_id" integer NOT NULL,
	"day" date NOT NULL,
	"agreed" bigint NOT NULL,
	"disagreed" bigint NOT NULL,
	CONSTRAINT "deprecation_pairs_key" PRIMARY KEY("subject_id","day"),
	CONSTRAINT "deprecation_pairs_counts" CHECK ("deprecation_pairs"."agreed" >= 0 and "deprecation_pairs"."disagreed" >= 0)
);
--> statement-breakpoint
ALTER TABLE "deprecations" ADD COLUMN "revision" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "deprecations" ADD COLUMN "revised_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "deprecations" ADD COLUMN "reminded" integer;--> statement-breakpoint
ALTER TABLE "deprecation_pairs" ADD CONSTRAINT "deprecation_pairs_subject_id_subjects_id_fk" FOREIGN KEY ("subject_id") REFERENCES "public"."subjects"("id") ON DELETE no action ON UPDATE no action;