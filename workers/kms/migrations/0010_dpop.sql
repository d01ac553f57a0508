CREATE TABLE `dpop_proofs` (
	`proof_id` text PRIMARY KEY NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `dpop_proofs_by_expiry` ON `dpop_proofs` (`expires_at`);--> statement-breakpoint
ALTER TABLE `sessions` ADD `jkt` text;