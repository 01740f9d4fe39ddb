CREATE TABLE "audit_head" (
	"one" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"sequence" bigint NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_head_one" CHECK ("audit_head"."one")
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"entry" text NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "catalogs" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"rules" text NOT NULL,
	"fingerprint" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "consumers" (
	"subject_id" integer NOT NULL,
	"service" text COLLATE "C" NOT NULL,
	"origin" text NOT NULL,
	"reads" text,
	"note" text,
	CONSTRAINT "consumers_key" PRIMARY KEY("subject_id","service","origin"),
	CONSTRAINT "consumers_origin" CHECK ("consumers"."origin" in ('contract', 'declared'))
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "deliveries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"sequence" bigint NOT NULL,
	"webhook" text COLLATE "C" NOT NULL,
	"stream" text COLLATE "C" NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp (3) with time zone NOT NULL,
	"claimed_until" timestamp (3) with time zone,
	"last_error" text,
	CONSTRAINT "deliveries_once" UNIQUE("webhook","sequence"),
	CONSTRAINT "deliveries_state" CHECK ("deliveries"."state" in ('pending', 'delivered', 'parked'))
);
--> statement-breakpoint
CREATE TABLE "deprecations" (
	"subject_id" integer PRIMARY KEY NOT NULL,
	"stage" text NOT NULL,
	"successor" text NOT NULL,
	"announced_on" date NOT NULL,
	"sunset" date NOT NULL,
	"reason" text NOT NULL,
	"migration" text NOT NULL,
	"entered" text NOT NULL,
	"attested_by" text,
	"consumers" text NOT NULL,
	"mapping" text,
	CONSTRAINT "deprecations_stage" CHECK ("deprecations"."stage" in ('announced', 'dual-writing', 'migrating', 'retired'))
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"sequence" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outbox_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" text NOT NULL,
	"type" text NOT NULL,
	"catalog" text COLLATE "C" NOT NULL,
	"subject" text COLLATE "C" NOT NULL,
	"data" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"fanned" boolean DEFAULT false NOT NULL,
	CONSTRAINT "outbox_id" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "version_references" (
	"subject_id" integer NOT NULL,
	"number" integer NOT NULL,
	"target_id" integer NOT NULL,
	"target_number" integer NOT NULL,
	CONSTRAINT "version_references_key" PRIMARY KEY("subject_id","number","target_id","target_number")
);
--> statement-breakpoint
CREATE TABLE "schemas" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "schemas_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"fingerprint" text NOT NULL,
	"dialect" text NOT NULL,
	"text" text NOT NULL,
	CONSTRAINT "schemas_fingerprint" UNIQUE("fingerprint"),
	CONSTRAINT "schemas_fingerprint_form" CHECK ("schemas"."fingerprint" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "subjects" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "subjects_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"catalog" text COLLATE "C" NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"settings" text NOT NULL,
	"stage" text NOT NULL,
	"latest" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"title" text,
	"label" text DEFAULT '' NOT NULL,
	"producer" text,
	"owner" text,
	"classification" text,
	"tags" text[] DEFAULT '{}'::text[] NOT NULL,
	CONSTRAINT "subjects_place" UNIQUE("catalog","name"),
	CONSTRAINT "subjects_latest" CHECK ("subjects"."latest" >= 0),
	CONSTRAINT "subjects_stage" CHECK ("subjects"."stage" in ('active', 'announced', 'dual-writing', 'migrating', 'retired'))
);
--> statement-breakpoint
CREATE TABLE "transitions" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "transitions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"subject_id" integer NOT NULL,
	"from_stage" text NOT NULL,
	"to_stage" text NOT NULL,
	"actor" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"reason" text,
	"forced" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "usage" (
	"subject_id" integer NOT NULL,
	"day" date NOT NULL,
	"number" integer NOT NULL,
	"service" text COLLATE "C" NOT NULL,
	"role" text NOT NULL,
	"count" bigint NOT NULL,
	"last_seen" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "usage_key" PRIMARY KEY("subject_id","day","number","service","role"),
	CONSTRAINT "usage_role" CHECK ("usage"."role" in ('produce', 'consume')),
	CONSTRAINT "usage_count" CHECK ("usage"."count" >= 0)
);
--> statement-breakpoint
CREATE TABLE "usage_batches" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "versions" (
	"subject_id" integer NOT NULL,
	"number" integer NOT NULL,
	"schema_id" integer NOT NULL,
	"label" text NOT NULL,
	"contract" text NOT NULL,
	"classification" text,
	"tags" text[] NOT NULL,
	"report" text NOT NULL,
	"verdict" text NOT NULL,
	"engine_version" text NOT NULL,
	"level" text NOT NULL,
	"world" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "versions_place" PRIMARY KEY("subject_id","number"),
	CONSTRAINT "versions_number" CHECK ("versions"."number" > 0),
	CONSTRAINT "versions_verdict" CHECK ("versions"."verdict" in ('compatible', 'incompatible', 'undecided'))
);
--> statement-breakpoint
CREATE TABLE "waivers" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"catalog" text COLLATE "C" NOT NULL,
	"subject" text COLLATE "C" NOT NULL,
	"fingerprint" text NOT NULL,
	"author" text NOT NULL,
	"reason" text NOT NULL,
	"expires" date NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"url" text NOT NULL,
	"subjects" text NOT NULL,
	"types" text NOT NULL,
	"secret" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "consumers" ADD CONSTRAINT "consumers_subject_id_subjects_id_fk" FOREIGN KEY ("subject_id") REFERENCES "public"."subjects"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_sequence_outbox_sequence_fk" FOREIGN KEY ("sequence") REFERENCES "public"."outbox"("sequence") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_webhook_webhooks_id_fk" FOREIGN KEY ("webhook") REFERENCES "public"."webhooks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deprecations" ADD CONSTRAINT "deprecations_subject_id_subjects_id_fk" FOREIGN KEY ("subject_id") REFERENCES "public"."subjects"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "version_references" ADD CONSTRAINT "version_references_from" FOREIGN KEY ("subject_id","number") REFERENCES "public"."versions"("subject_id","number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "version_references" ADD CONSTRAINT "version_references_to" FOREIGN KEY ("target_id","target_number") REFERENCES "public"."versions"("subject_id","number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subjects" ADD CONSTRAINT "subjects_catalog_catalogs_name_fk" FOREIGN KEY ("catalog") REFERENCES "public"."catalogs"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transitions" ADD CONSTRAINT "transitions_subject_id_subjects_id_fk" FOREIGN KEY ("subject_id") REFERENCES "public"."subjects"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage" ADD CONSTRAINT "usage_subject_id_subjects_id_fk" FOREIGN KEY ("subject_id") REFERENCES "public"."subjects"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "versions" ADD CONSTRAINT "versions_subject_id_subjects_id_fk" FOREIGN KEY ("subject_id") REFERENCES "public"."subjects"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "versions" ADD CONSTRAINT "versions_schema_id_schemas_id_fk" FOREIGN KEY ("schema_id") REFERENCES "public"."schemas"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "waivers" ADD CONSTRAINT "waivers_catalog_catalogs_name_fk" FOREIGN KEY ("catalog") REFERENCES "public"."catalogs"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deliveries_by_webhook" ON "deliveries" USING btree ("webhook","id");--> statement-breakpoint
CREATE INDEX "deliveries_in_line" ON "deliveries" USING btree ("webhook","stream","sequence") WHERE "deliveries"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "deliveries_due" ON "deliveries" USING btree ("next_at","sequence") WHERE "deliveries"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "deliveries_parked" ON "deliveries" USING btree ("id") WHERE "deliveries"."state" = 'parked';--> statement-breakpoint
CREATE INDEX "outbox_unfanned" ON "outbox" USING btree ("sequence") WHERE not "outbox"."fanned";--> statement-breakpoint
CREATE INDEX "version_references_by_target" ON "version_references" USING btree ("target_id","target_number");--> statement-breakpoint
CREATE INDEX "subjects_by_owner" ON "subjects" USING btree ("catalog","owner","name");--> statement-breakpoint
CREATE INDEX "subjects_by_classification" ON "subjects" USING btree ("catalog","classification","name");--> statement-breakpoint
CREATE INDEX "subjects_by_stage" ON "subjects" USING btree ("catalog","stage","name");--> statement-breakpoint
CREATE INDEX "subjects_by_tag" ON "subjects" USING gin ("tags");--> statement-breakpoint
CREATE INDEX "transitions_by_subject" ON "transitions" USING btree ("subject_id","id");--> statement-breakpoint
CREATE INDEX "versions_by_schema" ON "versions" USING btree ("schema_id");--> statement-breakpoint
CREATE INDEX "waivers_by_subject" ON "waivers" USING btree ("catalog","subject");