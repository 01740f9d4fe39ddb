CREATE TABLE "api_tokens" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"sha256" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"services" text NOT NULL,
	"subjects" text NOT NULL,
	"expires" date NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	"last_used" date,
	"revoked_at" timestamp (3) with time zone,
	"revoked_by" text,
	CONSTRAINT "api_tokens_sha256" UNIQUE("sha256"),
	CONSTRAINT "api_tokens_sha256_form" CHECK ("api_tokens"."sha256" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "api_tokens_role" CHECK ("api_tokens"."role" in ('reader', 'publisher', 'steward', 'admin'))
);
