ALTER TABLE "consumers" ADD COLUMN "requires" text;--> statement-breakpoint
ALTER TABLE "consumers" ADD COLUMN "samples" text;--> statement-breakpoint
ALTER TABLE "consumers" ADD COLUMN "critical" boolean;