-- The roles of a new installation; `admin` is none of them, because it has every permission there is.
INSERT INTO `roles` (`name`, `permissions`) VALUES
	('editor', '["sequence:read","sequence:write","search:read","search:write"]'),
	('auditor', '["keys:read","audit:read"]'),
	('user', '["sequence:read","search:read"]');
