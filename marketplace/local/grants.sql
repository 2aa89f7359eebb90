-- Run by the owner (spichlerz_owner) in its own, still empty database.
-- Web and workers use the role spichlerz: it owns nothing, so triggers and grants bind it.
GRANT USAGE ON SCHEMA public TO spichlerz;
ALTER DEFAULT PRIVILEGES FOR ROLE spichlerz_owner
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO spichlerz;
ALTER DEFAULT PRIVILEGES FOR ROLE spichlerz_owner
    GRANT USAGE, SELECT ON SEQUENCES TO spichlerz;
