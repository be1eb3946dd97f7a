-- Runs once, when the database is made: the role that acts, and the login of the portal and the clock.
-- The owner (POSTGRES_USER) stays for migrate and backup; it could rewrite history, so nothing else uses it.
\set password `cat /run/secrets/app_password`
CREATE ROLE guapai_app NOLOGIN;
CREATE ROLE guapai_login LOGIN PASSWORD :'password' IN ROLE guapai_app;
