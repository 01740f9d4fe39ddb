CREATE TABLE "confluent_settings" (
	"catalog" text COLLATE "C" NOT NULL,
	"scope" text COLLATE "C" NOT NULL,
	"config" text,
	"mode" text,
	CONSTRAINT "confluent_settings_key" PRIMARY KEY("catalog","scope")
);
--> statement-breakpoint
ALTER TABLE "schemas" ADD COLUMN "format" text DEFAULT 'json' NOT NULL;--> statement-breakpoint
ALTER TABLE "schemas" ADD COLUMN "source" text;--> statement-breakpoint
ALTER TABLE "schemas" ADD COLUMN "attached" text;--> statement-breakpoint
ALTER TABLE "subjects" ADD COLUMN "issued" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "versions" ADD COLUMN "withdrawn_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "confluent_settings" ADD CONSTRAINT "confluent_settings_catalog_catalogs_name_fk" FOREIGN KEY ("catalog") REFERENCES "public"."catalogs"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schemas" ADD CONSTRAINT "schemas_format" CHECK ("schemas"."format" in ('json', 'avro', 'protobuf'));